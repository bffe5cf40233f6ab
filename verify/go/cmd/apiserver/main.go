// Command apiserver is a small API: GET / answers whom the token is about. It says on which port it listens.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"time"

	"warifu.dev/verify"
)

func main() {
	issuer := flag.String("issuer", "", "the issuer's address")
	audience := flag.String("audience", "", "this API's identifier")
	port := flag.Int("port", 0, "where to listen; 0 for any port")
	flag.Parse()

	v, err := verify.New(verify.Options{Issuer: *issuer, Audience: *audience})
	if err != nil {
		log.Fatal(err)
	}
	defer v.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := v.Ready(ctx); err != nil {
		log.Fatal(err)
	}

	whoami := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		claims, _ := verify.FromContext(r.Context())
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"sub": claims.Subject})
	})
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", *port))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening on %d\n", listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(http.Serve(listener, v.Middleware(verify.Require{})(whoami)))
}
