// Objects keep what they do not know, and read fields by their exact names.

package mpspgw_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	mpspgw "github.com/mp-solution-inc/mpac-pgw/sdks/sdk-go"
)

func TestWhatIsNotKnownIsHandedOn(t *testing.T) {
	text := `{"id":"pi_1","status":"disputed","ID":"no","created_at":"2026-01-15T10:00:00.5Z","loyalty_points":42,` +
		`"last_payment_error":{"code":"new","message":"m","hint":{"a":[1]}}}`
	intent, err := clientOver(answering(200, text)).RetrievePaymentIntent(context.Background(), "pi_1")
	if err != nil {
		t.Fatal(err)
	}
	if intent.ID != "pi_1" || intent.Status != "disputed" || intent.Status.IsFinal() ||
		string(intent.Extra["loyalty_points"]) != "42" || string(intent.Extra["ID"]) != `"no"` ||
		string(intent.LastPaymentError.Extra["hint"]) != `{"a":[1]}` {
		t.Errorf("%+v", intent)
	}
	if want := time.Date(2026, 1, 15, 10, 0, 0, 5e8, time.UTC); !intent.CreatedAt.Equal(want) || intent.CaptureBefore != nil {
		t.Errorf("it was made at %v, and held until %v", intent.CreatedAt, intent.CaptureBefore)
	}
	written, err := json.Marshal(intent)
	var again mpspgw.PaymentIntent
	if err != nil || json.Unmarshal(written, &again) != nil || string(again.Extra["loyalty_points"]) != "42" ||
		string(again.LastPaymentError.Extra["hint"]) != `{"a":[1]}` {
		t.Errorf("written again it is %s, %v", written, err)
	}
	written, err = json.Marshal(mpspgw.ReadinessChecks{Extra: map[string]json.RawMessage{"b": []byte("1"), "a": []byte(`"x"`)}})
	if want := `{"database":"","migrations":"","worker":"","master_key":"","a":"x","b":1}`; err != nil || string(written) != want {
		t.Errorf("%s, %v", written, err)
	}
}

func TestAnAmountThatNobodyKnowsBecomesNoFloat(t *testing.T) {
	ctx := context.Background()
	body := `{"code":"invalid_request","message":"m","details":{"amount_refundable":9007199254740993}}`
	_, err := clientOver(answering(400, body)).CreateRefund(ctx, mpspgw.CreateRefundRequest{PaymentIntent: "pi_1"})
	if refundable := failureOf(t, err).Details["amount_refundable"]; refundable != json.Number("9007199254740993") {
		t.Errorf("it is %v (%T)", refundable, refundable)
	}
	entries, err := clientOver(answering(200, `[{"id":"al_1","details":{"before":{"amount":9007199254740993}}}]`)).
		ListAuditLog(ctx, mpspgw.ListAuditLogParams{})
	if err != nil {
		t.Fatal(err)
	}
	if text, err := json.Marshal(entries.Items[0].Details); string(text) != `{"before":{"amount":9007199254740993}}` {
		t.Errorf("it is %s, %v", text, err)
	}
}

func TestAnAnswerOfAnotherShapeIsNotTakenForTheObject(t *testing.T) {
	for _, text := range []string{`null`, `[]`, `"pi_1"`, `{"id":5}`, `{"id":"pi_1","amount":1.5}`, `{"created_at":"yesterday"}`} {
		_, err := clientOver(answering(200, text)).RetrievePaymentIntent(context.Background(), "pi_1")
		if mpspgw.KindOf(err) != mpspgw.KindInvalidResponse {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, text := range []string{`null`, `{}`, `[{"id":5}]`, `[null]`} {
		_, err := clientOver(answering(200, text)).ListRefunds(context.Background(), mpspgw.ListRefundsParams{})
		if mpspgw.KindOf(err) != mpspgw.KindInvalidResponse {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestOnlyAnEndIsFinal(t *testing.T) {
	for status, want := range map[mpspgw.Status]bool{
		mpspgw.StatusRequiresPaymentMethod: false,
		mpspgw.StatusRequiresAction:        false,
		mpspgw.StatusProcessing:            false,
		mpspgw.StatusSucceeded:             true,
		mpspgw.StatusFailed:                true,
		mpspgw.StatusCancelled:             true,
	} {
		if status.IsFinal() != want {
			t.Errorf("%s", status)
		}
	}
}
