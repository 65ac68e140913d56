// Lists: one page, or all of them.

package mpspgw

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Page is a part of a list.
type Page[T any] struct {
	// Items are what is on this page. A page can be empty and yet have more behind it.
	Items []*T
	// HasMore says that another page follows. NextPage asks for it; the iterating method of the list does so by itself.
	HasMore   bool
	following func(context.Context) (*Page[T], error)
}

// NextPage asks for the page that follows, with the options that this one was asked with. It refuses when there is none.
func (p *Page[T]) NextPage(ctx context.Context) (*Page[T], error) {
	if !p.HasMore || p.following == nil {
		return nil, refuse("", "No page follows this one.")
	}
	return p.following(ctx)
}

// LogValue is what log/slog writes: how much there is, because objects may hold secrets.
func (p Page[T]) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("items", len(p.Items)), slog.Bool("has_more", p.HasMore))
}

// itemList is a list with something at each of its places, so that nobody stumbles over a nil.
type itemList[T any] []*T

func (l *itemList[T]) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, (*[]*T)(l)); err != nil {
		return err
	}
	if slices.Contains(*l, nil) {
		return errors.New("the list has a null in it")
	}
	return nil
}

func sendForPage[T any](
	ctx context.Context, client *Client, asked request, options []CallOption,
) (*Page[T], error) {
	items, header, err := sendForHeader[itemList[T]](ctx, client, asked, options)
	if err != nil {
		return nil, err
	}
	next := nextQuery(header)
	return &Page[T]{
		Items:   *items,
		HasMore: next != nil,
		following: func(ctx context.Context) (*Page[T], error) {
			if next.Encode() == asked.query.Encode() {
				return nil, &Error{
					Kind:    KindInvalidResponse,
					Code:    string(KindInvalidResponse),
					Message: "The list does not end: its next page is the same page.",
				}
			}
			then := asked
			then.query = next
			return sendForPage[T](ctx, client, then, options)
		},
	}, nil
}

// sendForList makes a call that is answered with a list as a whole, without pages.
func sendForList[T any](ctx context.Context, client *Client, asked request, options []CallOption) ([]*T, error) {
	items, _, err := sendForHeader[itemList[T]](ctx, client, asked, options)
	if err != nil {
		return nil, err
	}
	return *items, nil
}

// walk yields every item of every page. The next page is asked for when the one before is used up, so whoever stops early
// asks for nothing in vain. A sequence may be walked over twice; each walk begins at the beginning.
func walk[T any](ctx context.Context, client *Client, asked request, options []CallOption) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		page, err := sendForPage[T](ctx, client, asked, options)
		for err == nil {
			for _, item := range page.Items {
				if !yield(item, nil) {
					return
				}
			}
			if !page.HasMore {
				return
			}
			page, err = page.NextPage(ctx)
		}
		yield(nil, err)
	}
}

// nextQuery is the query of the link with rel="next". Only its query counts: the host and the path are our own, whatever
// an answer says.
func nextQuery(header http.Header) url.Values {
	for _, value := range header.Values("Link") {
		for _, link := range strings.Split(value, ",") {
			address, parameters, _ := strings.Cut(link, ";")
			address = strings.TrimSpace(address)
			isNext := strings.Contains(strings.ReplaceAll(parameters, " ", ""), `rel="next"`)
			if !isNext || !strings.HasPrefix(address, "<") || !strings.HasSuffix(address, ">") {
				continue
			}
			if target, err := url.Parse(address[1 : len(address)-1]); err == nil {
				return target.Query()
			}
		}
	}
	return nil
}
