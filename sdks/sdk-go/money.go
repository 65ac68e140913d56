// Money: integer minor units and an ISO 4217 code, and decimals as people and other systems write them. Exact both ways:
// no amount is ever a float, and no text is read as an amount unless it can mean only one.

package mpspgw

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// digitsByCurrency has every active code of ISO 4217 that has minor units (amendment 180, January 2026), with how many
// decimals they are. It is the gateway's list.
var digitsByCurrency = func() map[string]int {
	codes := map[int]string{
		0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
		2: "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE " +
			"CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD " +
			"HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK " +
			"MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD " +
			"RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH " +
			"USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG",
		3: "BHD IQD JOD KWD LYD OMR TND",
		4: "CLF UYW",
	}
	digits := map[string]int{}
	for count, list := range codes {
		for _, code := range strings.Fields(list) {
			digits[code] = count
		}
	}
	return digits
}()

// A JSON number is exact up to here in every language that speaks with the gateway.
const largestAmount = 1<<53 - 1

var (
	decimalShape  = regexp.MustCompile(`\A(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?\z`)
	currencyShape = regexp.MustCompile(`\A[A-Za-z]{3}\z`)
)

// ErrMoney is what ToMinorUnits and ToDecimal refuse with; the error's text says why.
var ErrMoney = errors.New("mpspgw: no amount of money")

// ToMinorUnits reads a decimal: ToMinorUnits("15.00", "USD") is 1500, ToMinorUnits("1500", "JPY") is 1500. The currency
// is an ISO 4217 code in either case. A decimal is an optional minus, digits without a leading zero, and optionally a
// point with digits. It may have fewer decimals than the currency, never more, not even zeros: "5.000" for dollars is
// as likely five thousand, and "1500.00" for yen comes from somebody who counts in hundredths.
func ToMinorUnits(decimal, currency string) (int64, error) {
	digits, err := digitsOf(currency)
	if err != nil {
		return 0, err
	}
	parts := decimalShape.FindStringSubmatch(decimal)
	if parts == nil {
		return 0, fmt.Errorf("%w: a decimal is digits, and perhaps a point with digits, such as 15.00", ErrMoney)
	}
	sign, whole, decimals := parts[1], parts[2], parts[3]
	if len(decimals) > digits {
		return 0, fmt.Errorf("%w: %s has %d decimals and not %d", ErrMoney, currency, digits, len(decimals))
	}
	amount, err := strconv.ParseInt(sign+whole+decimals+strings.Repeat("0", digits-len(decimals)), 10, 64)
	if err != nil || !isExact(amount) {
		return 0, fmt.Errorf("%w: it is too large", ErrMoney)
	}
	return amount, nil
}

// ToDecimal is the reverse: ToDecimal(1500, "USD") is "15.00", and ToDecimal(1500, "JPY") is "1500". It has always as
// many decimals as the currency.
func ToDecimal(amount int64, currency string) (string, error) {
	digits, err := digitsOf(currency)
	if err != nil {
		return "", err
	}
	if !isExact(amount) {
		return "", fmt.Errorf("%w: it is too large", ErrMoney)
	}
	sign, size := "", amount
	if amount < 0 {
		sign, size = "-", -amount
	}
	if digits == 0 {
		return sign + strconv.FormatInt(size, 10), nil
	}
	text := fmt.Sprintf("%0*d", digits+1, size)
	point := len(text) - digits
	return sign + text[:point] + "." + text[point:], nil
}

func digitsOf(currency string) (int, error) {
	if currencyShape.MatchString(currency) {
		if digits, ok := digitsByCurrency[strings.ToUpper(currency)]; ok {
			return digits, nil
		}
	}
	return 0, fmt.Errorf("%w: %q is not the code of an active currency", ErrMoney, currency)
}

func isExact(amount int64) bool { return amount >= -largestAmount && amount <= largestAmount }
