// Examples for the package's documentation.

package verify_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"warifu.dev/verify"
)

func Example() {
	// An issuer that isn't there, so that this runs everywhere: use yours.
	v, err := verify.New(verify.Options{Issuer: "http://127.0.0.1:9", Audience: "https://api.example.com/"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer v.Close()

	orders := v.Middleware(verify.Require{Scopes: []string{"read:orders"}})(
		http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			claims, _ := verify.FromContext(r.Context())
			fmt.Fprintf(w, "The orders of %s", claims.Subject)
		}))

	answer := httptest.NewRecorder()
	orders.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/orders", nil))
	fmt.Println(answer.Code, answer.Header().Get("WWW-Authenticate"))
	// Output: 401 Bearer realm="https://api.example.com/"
}

func ExampleVerifier_Verify() {
	v, err := verify.New(verify.Options{Issuer: "http://127.0.0.1:9", Audience: "https://api.example.com/"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer v.Close()

	_, err = v.Verify(context.Background(), "v1.a-refresh-token", verify.WithScopes("read:orders"))
	var refused *verify.Error
	if errors.As(err, &refused) {
		fmt.Println(refused.HTTPStatus(), refused.Code, refused.Message)
	}
	fmt.Println(errors.Is(err, verify.CodeWrongKind))
	// Output:
	// 401 wrong_kind This is a refresh token; send the access token.
	// true
}
