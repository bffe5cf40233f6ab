// The errors of a verification, and how HTTP tells them (RFC 6750 §3, RFC 9449 §7.1).

package verify

import (
	"net/http"
	"strings"
)

// Code names why a token was refused. A Code is an error, so that errors.Is(err, verify.CodeRevoked) asks for one.
type Code string

// Every reason for which a token is refused.
const (
	CodeMissingToken       Code = "missing_token"
	CodeAmbiguousToken     Code = "ambiguous_token"
	CodeMalformed          Code = "malformed"
	CodeEncrypted          Code = "encrypted"
	CodeWrongKind          Code = "wrong_kind"
	CodeWrongIssuer        Code = "wrong_issuer"
	CodeWrongAudience      Code = "wrong_audience"
	CodeUnknownKey         Code = "unknown_key"
	CodeWrongAlgorithm     Code = "wrong_algorithm"
	CodeBadSignature       Code = "bad_signature"
	CodeExpired            Code = "expired"
	CodeNotYetValid        Code = "not_yet_valid"
	CodeRevoked            Code = "revoked"
	CodeMissingProof       Code = "missing_proof"
	CodeInvalidProof       Code = "invalid_proof"
	CodeMissingCertificate Code = "missing_certificate"
	CodeInsufficientScope  Code = "insufficient_scope"
	CodeFeedStale          Code = "feed_stale"
	CodeNoFeed             Code = "no_feed"
	CodeIssuerUnreachable  Code = "issuer_unreachable"
)

func (c Code) Error() string { return string(c) }

// Error is the only kind of error that Verify returns.
type Error struct {
	Code Code
	// Message is a sentence in ASCII for the caller of the API. It never repeats the token.
	Message string
	// Missing holds the scopes or permissions that an insufficient_scope was for.
	Missing []string

	scopes []string
	realm  string
	cause  error
}

func refuse(code Code, message string) *Error { return &Error{Code: code, Message: message} }

func (e *Error) Error() string { return "verify: " + string(e.Code) + ": " + e.Message }

// Is tells errors.Is that an Error is its Code.
func (e *Error) Is(target error) bool {
	code, ok := target.(Code)
	return ok && code == e.Code
}

// Unwrap gives what lay beneath: a context's error, for one.
func (e *Error) Unwrap() error { return e.cause }

// HTTPStatus is the status with which an API should answer.
func (e *Error) HTTPStatus() int {
	switch e.Code {
	case CodeAmbiguousToken:
		return http.StatusBadRequest
	case CodeInsufficientScope:
		return http.StatusForbidden
	case CodeFeedStale, CodeNoFeed, CodeIssuerUnreachable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusUnauthorized
	}
}

// OAuthError is the value of "error" that RFC 6750 §3.1 or RFC 9449 §7.1 has for it; empty for a missing token.
func (e *Error) OAuthError() string {
	switch e.Code {
	case CodeMissingToken:
		return ""
	case CodeAmbiguousToken:
		return "invalid_request"
	case CodeInsufficientScope:
		return "insufficient_scope"
	case CodeMissingProof, CodeInvalidProof:
		return "invalid_dpop_proof"
	case CodeFeedStale, CodeNoFeed, CodeIssuerUnreachable:
		return "temporarily_unavailable"
	default:
		return "invalid_token"
	}
}

// Challenge is the value of WWW-Authenticate, empty where the answer has none (status 503).
func (e *Error) Challenge() string {
	if e.HTTPStatus() == http.StatusServiceUnavailable {
		return ""
	}
	scheme, parameters := "Bearer", make([]string, 0, 4)
	if e.realm != "" {
		parameters = append(parameters, "realm="+quoted(e.realm))
	}
	if code := e.OAuthError(); code != "" {
		parameters = append(parameters, "error="+quoted(code), "error_description="+quoted(e.Message))
	}
	switch e.Code {
	case CodeInsufficientScope:
		if len(e.scopes) > 0 {
			parameters = append(parameters, "scope="+quoted(strings.Join(e.scopes, " ")))
		}
	case CodeMissingProof, CodeInvalidProof:
		scheme, parameters = "DPoP", append(parameters, "algs="+quoted(proofAlgorithmNames))
	}
	if len(parameters) == 0 {
		return scheme
	}
	return scheme + " " + strings.Join(parameters, ", ")
}

// quoted makes a quoted-string of RFC 9110 §5.6.4 that RFC 6750 §3 allows: no quote, no backslash, only ASCII.
func quoted(text string) string {
	return `"` + printable(text) + `"`
}

// printable keeps text harmless in a header and in a log: whatever isn't plain ASCII becomes a question mark.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7e || r == '"' || r == '\\' {
			return '?'
		}
		return r
	}, text)
}
