// What one call may do differently from the client's configuration.

package mpspgw

import "time"

// CallOption changes one call.
type CallOption func(*callOptions)

type callOptions struct {
	idempotencyKey string
	hasKey         bool
	maxRetries     int
	timeout        time.Duration
	deadline       time.Duration
}

// WithIdempotencyKey names the call: the gateway carries out what comes under one key once, and answers a repetition
// with the first answer. Give the key of a call that ended as [KindUnknownOutcome] to find out what became of it, or one
// of your own that you have stored with the order. It has 1 to 255 printable ASCII characters. Calls that change
// nothing need none and do not send it.
func WithIdempotencyKey(key string) CallOption {
	return func(options *callOptions) { options.idempotencyKey, options.hasKey = key, true }
}

// WithMaxRetries is how often this call is tried again after the first try; 0 for never.
func WithMaxRetries(retries int) CallOption {
	return func(options *callOptions) { options.maxRetries = retries }
}

// WithTimeout is the time of each try of this call; 0 means the client's.
func WithTimeout(timeout time.Duration) CallOption {
	return func(options *callOptions) { options.timeout = timeout }
}

// WithDeadline is the time of this call with all its retries, or of each page of a list; 0 means the client's.
func WithDeadline(deadline time.Duration) CallOption {
	return func(options *callOptions) { options.deadline = deadline }
}

func (c *Client) optionsOf(given []CallOption) callOptions {
	options := callOptions{
		maxRetries: defaultMaxRetries,
		timeout:    c.config.Timeout,
		deadline:   c.config.Deadline,
	}
	if c.config.MaxRetries != nil {
		options.maxRetries = *c.config.MaxRetries
	}
	for _, option := range given {
		option(&options)
	}
	if options.timeout <= 0 {
		options.timeout = c.config.Timeout
	}
	if options.deadline <= 0 {
		options.deadline = c.config.Deadline
	}
	return options
}
