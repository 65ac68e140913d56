// Files: what is read is the bytes as they came, and what is handed in travels as the bytes that it is.

package mpspgw_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	mpspgw "github.com/mp-solution-inc/mpac-pgw/sdks/sdk-go"
)

// A byte order mark, a kanji, an end of a line, and bytes that are no UTF-8.
var strangeBytes = []byte("\xef\xbb\xbf\xe6\x8a\xb9,\r\n\xff\x00")

func TestAFileIsReadByteForByteInEachFormat(t *testing.T) {
	files := []struct {
		mediaType string
		content   []byte
	}{
		{"text/csv; charset=utf-8", strangeBytes},
		{"application/json; charset=utf-8", []byte("{ \"amount\": 1.50 }\n")},
		{"application/xml", []byte("<export/>")},
		{"text/csv", bytes.Repeat([]byte("x"), 11<<20)},
	}
	for _, file := range files {
		client := serve(t, func(response http.ResponseWriter, request *http.Request) {
			if request.URL.Path != "/v1/accounting_exports/ax_1/file" || !strings.Contains(request.Header.Get("Accept"), "text/csv") {
				t.Errorf("%s, Accept: %s", request.URL.Path, request.Header.Get("Accept"))
			}
			response.Header().Set("Content-Type", file.mediaType)
			_, _ = response.Write(file.content)
		})
		read, err := client.RetrieveAccountingExportFile(context.Background(), "ax_1")
		if err != nil || !bytes.Equal(read, file.content) {
			t.Errorf("%s: %d bytes, %v", file.mediaType, len(read), err)
		}
	}
}

func TestWhatIsNoFileOfTheGatewayIsRefused(t *testing.T) {
	for _, answered := range []struct {
		status          int
		mediaType, body string
		want            mpspgw.Kind
	}{
		{200, "text/html", "<p>Please log in</p>", mpspgw.KindInvalidResponse},
		{200, "text/csv", "", mpspgw.KindInvalidResponse},
		{404, "application/json", `{"code":"not_found","error":{"code":"not_found","message":"no"}}`, mpspgw.KindNotFound},
	} {
		client := serve(t, func(response http.ResponseWriter, _ *http.Request) {
			response.Header().Set("Content-Type", answered.mediaType)
			response.WriteHeader(answered.status)
			_, _ = io.WriteString(response, answered.body)
		})
		read, err := client.RetrieveAccountingExportFile(context.Background(), "ax_1")
		var failure *mpspgw.Error
		if !errors.As(err, &failure) || failure.Kind != answered.want || read != nil {
			t.Errorf("%s: %v, %d bytes", answered.mediaType, err, len(read))
		}
	}
}

func TestASettlementFileIsHandedInAsBytes(t *testing.T) {
	var sent map[string]string
	client := serve(t, func(response http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		if err := json.Unmarshal(body, &sent); err != nil {
			t.Error(err)
		}
		answer(response, 200, `{"id":"cb_1","object":"card_batch"}`)
	})
	_, err := client.SupplySettlementFile(context.Background(), "cb_1", mpspgw.SupplySettlementFileRequest{
		FileName: "s.csv",
		Content:  strangeBytes,
	})
	if err != nil || sent["file_name"] != "s.csv" || sent["content_base64"] != "77u/5oq5LA0K/wA=" {
		t.Errorf("%v, %v", err, sent)
	}
}

func TestFilesThatAreRunAreAList(t *testing.T) {
	client := serve(t, func(response http.ResponseWriter, _ *http.Request) {
		answer(response, 202, `[{"id":"ax_1","object":"accounting_export"},{"id":"ax_2","object":"accounting_export"}]`)
	})
	files, err := client.RunAccountingExports(context.Background(), mpspgw.RunAccountingExportsRequest{
		MerchantID: "merchant_001", BusinessDate: "2026-01-28",
	})
	if err != nil || len(files) != 2 || files[1].ID != "ax_2" {
		t.Errorf("%v, %v", files, err)
	}
}

func TestTheEventsOfADayAreToldApart(t *testing.T) {
	read := func(object string) mpspgw.EventData { return mpspgw.EventData{Object: json.RawMessage(object)} }
	settlement := read(`{"object":"settlement","id":"st_1","fees_amount":null,"net_amount":0}`)
	if got := settlement.Settlement(); got == nil || got.FeesAmount != nil || got.NetAmount == nil || *got.NetAmount != 0 {
		t.Errorf("%+v", got)
	}
	if settlement.ReconciliationException() != nil || settlement.AccountingExport() != nil {
		t.Error("a settlement is taken for something else")
	}
	exception := read(`{"object":"reconciliation_exception","kind":"missing_here"}`).ReconciliationException()
	if exception == nil || exception.Kind != mpspgw.ExceptionKindMissingHere {
		t.Errorf("%+v", exception)
	}
	file := read(`{"object":"accounting_export","status":"failed"}`).AccountingExport()
	if file == nil || file.Status != mpspgw.AccountingExportStatusFailed {
		t.Errorf("%+v", file)
	}
}
