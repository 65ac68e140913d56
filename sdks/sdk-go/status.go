// What can be said about a status without asking the gateway.

package mpspgw

// IsFinal tells whether a payment intent has ended: it is paid, or nothing can be paid any more. A status that this
// version does not know is not final.
func (s Status) IsFinal() bool {
	return s == StatusSucceeded || s == StatusFailed || s == StatusCancelled
}
