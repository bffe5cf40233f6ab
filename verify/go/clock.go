// The passing of time, so that tests can hold it still.

package verify

import (
	"context"
	"time"
)

// clock is what the verifier knows of time; the real one is systemClock.
type clock interface {
	Now() time.Time
	AfterFunc(d time.Duration, f func()) timer
}

type timer interface {
	Stop() bool
	Reset(d time.Duration) bool
}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

func (systemClock) AfterFunc(d time.Duration, f func()) timer { return time.AfterFunc(d, f) }

// wait sleeps for d, and returns early, with the context's error, when the context ends.
func wait(ctx context.Context, c clock, d time.Duration) error {
	over := make(chan struct{})
	t := c.AfterFunc(d, func() { close(over) })
	defer t.Stop()
	select {
	case <-over:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// elapsed is how long ago an earlier moment was, by whichever of the monotonic and the wall clock says more: the
// monotonic one stands still while a machine is suspended, and the wall clock may be set back.
func elapsed(now, earlier time.Time) time.Duration {
	return max(now.Sub(earlier), now.Round(0).Sub(earlier.Round(0)))
}
