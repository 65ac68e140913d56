// The client: how it is configured, and that neither it nor its configuration ever shows the secret key.

package mpspgw

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Version is the version of this module. It is sent in the User-Agent header.
const Version = "0.1.0"

const (
	defaultMaxRetries = 3
	defaultTimeout    = 30 * time.Second
	defaultDeadline   = 60 * time.Second
)

// ClientConfig says where the gateway is and who is calling. BaseURL, APIKey and SecretKey are required; everything
// else has a default. NewClient takes anything: what is wrong is reported by the first call, as an [*Error] of
// [KindInvalidRequest] whose Param is the name of the field.
type ClientConfig struct {
	// BaseURL is the gateway's address, such as https://pgw.example.com. It may have a path, under which a proxy has put
	// the gateway and which it takes off. http:// is for this machine only.
	BaseURL string
	// APIKey is the id of the key (ak_…), or the id of a merchant.
	APIKey string
	// SecretKey is the key's secret (sk_test_… or sk_live_…). It is not sent and stands in no text form.
	SecretKey string

	// AllowInsecureHTTP lets http:// go to other machines: inside a cluster that encrypts by itself. What is sent can be
	// read on its way.
	AllowInsecureHTTP bool
	// MaxRetries is how often a call is tried again after the first try; nil means 3, and Ptr(0) never.
	MaxRetries *int
	// Timeout is the time of one try; 0 means 30 seconds.
	Timeout time.Duration
	// Deadline is the time of a whole call with all its retries; 0 means 60 seconds. A context that ends earlier
	// counts as well.
	Deadline time.Duration
	// HTTPClient sends the requests. Its redirect policy and cookie jar are not used. Nil means a client of our own
	// that keeps connections of HTTP/1.1 open. Give one with HTTP/2 a SendPingTimeout, or a connection that is dead
	// takes all calls with it for minutes.
	HTTPClient *http.Client

	// Testing replaces time and chance in tests.
	Testing Testing
}

// Testing replaces what a test wants to decide itself. A field that is nil is real.
type Testing struct {
	// Now is the time of a signature, and what deadlines and Retry-After dates are measured by.
	Now func() time.Time
	// Sleep waits before a retry and ends early, with the context's error, when the context does.
	Sleep func(ctx context.Context, wait time.Duration) error
	// Random is a number of at least 0 and below 1 that spreads the waits.
	Random func() float64
}

// Client calls one gateway with one key. It is safe for concurrent use; make one and keep it.
type Client struct {
	config ClientConfig
	base   *url.URL
	signer *signer
	http   *http.Client
	wrong  *Error
}

// NewClient makes a client. It sends nothing; a wrong configuration is reported by the first call.
func NewClient(config ClientConfig) *Client {
	if config.Timeout == 0 {
		config.Timeout = defaultTimeout
	}
	if config.Deadline == 0 {
		config.Deadline = defaultDeadline
	}
	if config.Testing.Now == nil {
		config.Testing.Now = time.Now
	}
	if config.Testing.Sleep == nil {
		config.Testing.Sleep = sleep
	}
	if config.Testing.Random == nil {
		config.Testing.Random = randomFraction
	}
	client := &Client{config: config, http: makeHTTPClient(config.HTTPClient)}
	client.base, client.wrong = checkConfig(config)
	if client.wrong == nil {
		client.signer = newSigner(config.APIKey, config.SecretKey)
	}
	// The signer has all that is needed of it.
	client.config.SecretKey = ""
	return client
}

// Ptr returns a pointer to a copy of value, for the optional fields of requests: Ptr(int64(500)).
func Ptr[T any](value T) *T { return &value }

func checkConfig(config ClientConfig) (*url.URL, *Error) {
	base, err := url.Parse(strings.TrimRight(config.BaseURL, "/"))
	switch {
	case err != nil || base.Host == "" || (base.Scheme != "https" && base.Scheme != "http"):
		return nil, refuse("BaseURL", "ClientConfig.BaseURL must be an address such as https://pgw.example.com.")
	case base.Scheme == "http" && !config.AllowInsecureHTTP && !isThisMachine(base.Hostname()):
		return nil, refuse("BaseURL", "ClientConfig.BaseURL must be https://, or http:// of this machine; "+
			"ClientConfig.AllowInsecureHTTP lets another http:// be used.")
	case base.User != nil || strings.ContainsAny(config.BaseURL, "?#"):
		return nil, refuse("BaseURL", "ClientConfig.BaseURL must have no user, password, query or fragment.")
	case !isVisibleASCII(config.APIKey) || strings.Contains(config.APIKey, ":"):
		return nil, refuse("APIKey", "ClientConfig.APIKey must be the id of a key (ak_…).")
	case config.SecretKey == "":
		return nil, refuse("SecretKey", "ClientConfig.SecretKey must not be empty.")
	case config.MaxRetries != nil && *config.MaxRetries < 0:
		return nil, refuse("MaxRetries", "ClientConfig.MaxRetries must not be negative.")
	case config.Timeout < 0:
		return nil, refuse("Timeout", "ClientConfig.Timeout must not be negative.")
	case config.Deadline < 0:
		return nil, refuse("Deadline", "ClientConfig.Deadline must not be negative.")
	}
	return base, nil
}

func isThisMachine(host string) bool { return host == "localhost" || net.ParseIP(host).IsLoopback() }

// makeHTTPClient copies the caller's client, because a redirect must not be followed: it would carry a signed request
// to an address that nobody chose.
func makeHTTPClient(given *http.Client) *http.Client {
	var client http.Client
	if given != nil {
		client = *given
	} else if transport, ok := http.DefaultTransport.(*http.Transport); ok {
		client.Transport = makeTransport(transport)
	}
	if client.Transport == nil {
		client.Transport = http.DefaultTransport
	}
	client.Transport = withoutLocation{client.Transport}
	client.Jar = nil
	return &client
}

// makeTransport is for servers. Two idle connections to a host, the default of net/http, are too few for one. It speaks no
// HTTP/2, where all calls share a connection: once that is dead, net/http sends every retry into it until TCP gives up,
// which takes a quarter of an hour. A connection of HTTP/1.1 is closed with the try that timed out.
func makeTransport(usual *http.Transport) *http.Transport {
	transport := usual.Clone()
	transport.MaxIdleConnsPerHost = transport.MaxIdleConns
	transport.ForceAttemptHTTP2 = false
	if transport.TLSClientConfig == nil {
		transport.TLSClientConfig = &tls.Config{}
	}
	// The copy would go on offering HTTP/2 to servers as the usual transport does.
	transport.TLSClientConfig.NextProtos = []string{"http/1.1"}
	return transport
}

func sleep(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func randomFraction() float64 {
	var bits [8]byte
	_, _ = rand.Read(bits[:])
	return float64(binary.BigEndian.Uint64(bits[:])>>11) / (1 << 53)
}

func isVisibleASCII(text string) bool {
	return text != "" && strings.IndexFunc(text, func(r rune) bool { return r < '!' || r > '~' }) < 0
}

// String shows where the client points to and by which key, never the secret.
func (c ClientConfig) String() string {
	return fmt.Sprintf("mpspgw.ClientConfig{BaseURL: %q, APIKey: %q}", redactURL(c.BaseURL), c.APIKey)
}

// Format writes String for every verb, because some of them would otherwise print the fields.
func (c ClientConfig) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, c.String()) }

// LogValue is what log/slog writes.
func (c ClientConfig) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalJSON writes the address and the id of the key. The secret is left out, so a configuration cannot be read back.
func (c ClientConfig) MarshalJSON() ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(map[string]string{"BaseURL": redactURL(c.BaseURL), "APIKey": c.APIKey})
	return bytes.TrimSpace(text.Bytes()), err
}

// String shows where the client points to and by which key, never the secret.
func (c Client) String() string {
	return fmt.Sprintf("mpspgw.Client{BaseURL: %q, APIKey: %q}", redactURL(c.config.BaseURL), c.config.APIKey)
}

// Format writes String for every verb, because some of them would otherwise print the fields.
func (c Client) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, c.String()) }

// LogValue is what log/slog writes.
func (c Client) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalJSON writes the address and the id of the key.
func (c Client) MarshalJSON() ([]byte, error) { return c.config.MarshalJSON() }

// redactURL leaves out a password that somebody has put into an address, which is refused by the first call.
func redactURL(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return "not an address"
	}
	parsed.RawQuery, parsed.Fragment = "", ""
	return parsed.Redacted()
}
