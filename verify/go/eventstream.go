// Server-sent events, read from chunks that may be cut anywhere (HTML Living Standard, section 9.2.6).

package verify

import (
	"bytes"
	"errors"
)

const (
	eventLineBytesMax = 1 << 20
	eventBytesMax     = 4 << 20
)

var errEventTooLong = errors.New("an event of the stream is longer than a verifier reads")

// event is one server-sent event; one without an "event" line is a "message".
type event struct {
	name string
	data string
}

// eventParser reads a stream. Its zero value stands at the beginning of one.
type eventParser struct {
	line    []byte
	data    []byte
	name    string
	hasData bool
	started bool
	// sawCR says that the last character ended a line, so that a line feed right after it ends none.
	sawCR bool
}

// feed takes the next chunk and calls emit for each event that it completes, until emit fails.
func (p *eventParser) feed(chunk []byte, emit func(event) error) error {
	for len(chunk) > 0 {
		if p.sawCR {
			p.sawCR = false
			if chunk[0] == '\n' {
				chunk = chunk[1:]
				continue
			}
		}
		end := bytes.IndexAny(chunk, "\r\n")
		part := chunk
		if end >= 0 {
			part = chunk[:end]
		}
		if len(p.line)+len(part) > eventLineBytesMax {
			return errEventTooLong
		}
		p.line = append(p.line, part...)
		if end < 0 {
			return nil
		}
		p.sawCR = chunk[end] == '\r'
		chunk = chunk[end+1:]
		if err := p.endLine(emit); err != nil {
			return err
		}
	}
	return nil
}

func (p *eventParser) endLine(emit func(event) error) error {
	line := p.line
	p.line = p.line[:0]
	if !p.started {
		p.started = true
		line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
	}
	if len(line) == 0 {
		return p.dispatch(emit)
	}
	field, value, _ := bytes.Cut(line, []byte(":"))
	value = bytes.TrimPrefix(value, []byte(" "))
	switch string(field) {
	case "event":
		p.name = string(value)
	case "data":
		if len(p.data)+len(value) > eventBytesMax {
			return errEventTooLong
		}
		if p.hasData {
			p.data = append(p.data, '\n')
		}
		p.data, p.hasData = append(p.data, value...), true
	}
	return nil
}

func (p *eventParser) dispatch(emit func(event) error) error {
	one := event{name: p.name, data: string(p.data)}
	complete := p.hasData
	p.name, p.data, p.hasData = "", p.data[:0], false
	if !complete {
		return nil
	}
	if one.name == "" {
		one.name = "message"
	}
	return emit(one)
}
