// Lists: pages follow one another, and nobody asks for more than is wanted.

package mpspgw_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	mpspgw "github.com/mp-solution-inc/mpac-pgw/sdks/sdk-go"
)

// threePages has re_1, re_2 on the first page, nothing on the second, re_3 on the third. Its links name another host.
func threePages(t *testing.T, asked *[]string) http.HandlerFunc {
	return func(response http.ResponseWriter, request *http.Request) {
		checkSignature(t, request)
		*asked = append(*asked, request.RequestURI)
		link := func(after string) {
			response.Header().Set("Link", fmt.Sprintf(
				`<https://elsewhere.example/other?page=0>; rel="prev", `+
					`<https://elsewhere.example/v1/refunds?payment_intent=pi_1&starting_after=%s>; rel="next"`, after))
		}
		switch request.URL.Query().Get("starting_after") {
		case "":
			link("re_2")
			answer(response, 200, `[{"id":"re_1"},{"id":"re_2"}]`)
		case "re_2":
			link("re_2b")
			answer(response, 200, `[]`)
		default:
			answer(response, 200, `[{"id":"re_3"}]`)
		}
	}
}

func TestIteratingWalksOverAllPages(t *testing.T) {
	var asked []string
	client := serve(t, threePages(t, &asked))
	refunds := client.Refunds(context.Background(), mpspgw.ListRefundsParams{PaymentIntent: "pi_1"})
	for range 2 {
		asked = nil
		var ids []string
		for refund, err := range refunds {
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, refund.ID)
		}
		if got := strings.Join(ids, " "); got != "re_1 re_2 re_3" {
			t.Errorf("the refunds are %s", got)
		}
		want := "/v1/refunds?payment_intent=pi_1 /v1/refunds?payment_intent=pi_1&starting_after=re_2 " +
			"/v1/refunds?payment_intent=pi_1&starting_after=re_2b"
		if got := strings.Join(asked, " "); got != want {
			t.Errorf("it asked for %s", got)
		}
	}
}

func TestWhoStopsEarlyAsksForNoOtherPage(t *testing.T) {
	var asked []string
	client := serve(t, threePages(t, &asked))
	for refund, err := range client.Refunds(context.Background(), mpspgw.ListRefundsParams{}) {
		if err != nil {
			t.Fatal(err)
		}
		if refund.ID == "re_2" {
			break
		}
	}
	if len(asked) != 1 {
		t.Errorf("it asked for %s", asked)
	}
}

func TestOnePageSaysWhetherThereIsMore(t *testing.T) {
	var asked []string
	client := serve(t, threePages(t, &asked))
	page, err := client.ListRefunds(context.Background(), mpspgw.ListRefundsParams{PaymentIntent: "pi_1"})
	if err != nil || len(page.Items) != 2 || !page.HasMore {
		t.Errorf("%+v, %v", page, err)
	}
	page, err = client.ListRefunds(context.Background(), mpspgw.ListRefundsParams{StartingAfter: "re_2b"})
	if err != nil || len(page.Items) != 1 || page.HasMore {
		t.Errorf("%+v, %v", page, err)
	}
}

func TestPagesFollowOneAnotherByHand(t *testing.T) {
	var asked []string
	client := serve(t, threePages(t, &asked))
	ctx := context.Background()
	first, err := client.ListRefunds(ctx, mpspgw.ListRefundsParams{PaymentIntent: "pi_1"})
	if err != nil {
		t.Fatal(err)
	}
	// A page may be asked for again.
	for range 2 {
		second, err := first.NextPage(ctx)
		if err != nil || len(second.Items) != 0 || !second.HasMore {
			t.Fatalf("%+v, %v", second, err)
		}
		third, err := second.NextPage(ctx)
		if err != nil || len(third.Items) != 1 || third.Items[0].ID != "re_3" || third.HasMore {
			t.Fatalf("%+v, %v", third, err)
		}
		if _, err := third.NextPage(ctx); mpspgw.KindOf(err) != mpspgw.KindInvalidRequest {
			t.Errorf("after the last page: %v", err)
		}
	}
	if len(asked) != 5 {
		t.Errorf("it asked for %s", asked)
	}
}

func TestAnErrorEndsTheWalk(t *testing.T) {
	var asked []string
	first := threePages(t, &asked)
	client := serve(t, func(response http.ResponseWriter, request *http.Request) {
		if len(asked) == 1 {
			answer(response, 403, `{"code":"forbidden","message":"No."}`)
			return
		}
		first(response, request)
	})
	var ids, kinds []string
	for refund, err := range client.Refunds(context.Background(), mpspgw.ListRefundsParams{}) {
		if err != nil {
			kinds = append(kinds, string(mpspgw.KindOf(err)))
			continue
		}
		ids = append(ids, refund.ID)
	}
	if fmt.Sprint(ids, kinds) != "[re_1 re_2] [forbidden]" {
		t.Errorf("%v, %v", ids, kinds)
	}
}

func TestAListThatLeadsToItselfEnds(t *testing.T) {
	client := serve(t, func(response http.ResponseWriter, request *http.Request) {
		response.Header().Set("Link", `</v1/merchants?starting_after=m_1>; rel="next"`)
		answer(response, 200, `[{"id":"m_1"}]`)
	})
	var kinds []mpspgw.Kind
	for _, err := range client.Merchants(context.Background(), mpspgw.ListMerchantsParams{}) {
		kinds = append(kinds, mpspgw.KindOf(err))
	}
	if fmt.Sprint(kinds) != "[  invalid_response]" {
		t.Errorf("%q", kinds)
	}
}

func TestAQueryHasTimesInUTCAndNothingThatIsZero(t *testing.T) {
	var target string
	client := serve(t, func(response http.ResponseWriter, request *http.Request) {
		target = request.RequestURI
		answer(response, 200, `[]`)
	})
	_, err := client.ListEvents(context.Background(), mpspgw.ListEventsParams{
		CreatedGTE: time.Date(2026, 1, 15, 19, 0, 0, 5_000_000, time.FixedZone("JST", 9*3600)),
		Limit:      100,
	})
	if err != nil || target != "/v1/events?created_gte=2026-01-15T10%3A00%3A00.005Z&limit=100" {
		t.Errorf("%s, %v", target, err)
	}
}
