// Owns what is below an event stream: trying it out, what came of its events, sending them again, and statistics.
import {
  deliverEvents,
  deliveryStatistics,
  enqueueEvent,
  findDelivery,
  listDeliveries,
  redeliver,
  redeliverOne,
} from '#domain/event-deliveries';
import { sampleOf } from '#domain/event-samples';
import { type EventStream, streamEvent } from '#domain/event-streams';
import { ApiError, invalidQuery } from '#protocol/api-error';
import { type Collection, findOne } from '../collection.ts';
import { Answer, type Call, type Endpoint, endpoint, listing } from '../resource.ts';
import { list, object, oneOf, optional, record, text } from '../schema.ts';

interface Filters {
  readonly date_from?: string;
  readonly date_to?: string;
}

function timeOf(date: string | undefined, name: string): number | undefined {
  if (date === undefined) return undefined;
  const time = Date.parse(date);
  if (Number.isNaN(time)) throw invalidQuery(`Query validation error: 'Not a date-time: ${date}' on property ${name}.`);
  return time;
}

const rangeOf = ({ date_from, date_to }: Filters) => ({
  from: timeOf(date_from, 'date_from'),
  to: timeOf(date_to, 'date_to'),
});

const namesIn = (text: string | undefined) => text?.split(',').map((name) => name.trim());

/** What is due is sent at once, and nobody waits for it; what fails is tried again by whoever looks after that. */
function sendSoon({ ctx }: Call): void {
  void deliverEvents(ctx).catch(() => undefined);
}

const unknownEvent = () => new ApiError(404, 'The event does not exist.');
const instant = (description: string) => optional(text({ maxLength: 40, description }));

type Streams = Collection<EventStream>;

const paramsOf = ({ id }: Streams) => (id ? { id } : {});

async function streamOf(streams: Streams, call: Call): Promise<EventStream> {
  return (await findOne(streams, call.ctx, call.params.id)).body;
}

function readings(streams: Streams): readonly Endpoint[] {
  const params = paramsOf(streams);
  return [
    listing({
      path: '/event-streams/{id}/deliveries',
      summary: 'List the deliveries of an event stream that failed or are under way',
      scopes: ['read:event_streams', 'read:event_deliveries'],
      params,
      ways: 'checkpoint',
      key: 'deliveries',
      query: {
        statuses: optional(text({ maxLength: 100, description: 'Statuses, separated by commas' })),
        event_types: optional(text({ maxLength: 2000, description: 'Types of events, separated by commas' })),
        date_from: instant('First time, included'),
        date_to: instant('Last time, not included'),
      },
      page: async (call, window) => {
        const { query } = call;
        const { id } = await streamOf(streams, call);
        const statuses = namesIn(query.statuses) ?? ['pending', 'failed'];
        const filter = { stream: id, statuses, eventTypes: namesIn(query.event_types), ...rangeOf(query) };
        const from = window.by === 'checkpoint' ? window.from : undefined;
        const items = await listDeliveries(call.ctx, filter, from, window.limit + 1);
        const page = items.slice(0, window.limit);
        return { items: page, next: items.length > page.length ? page.at(-1)?.id : undefined };
      },
    }),
    endpoint({
      method: 'GET',
      path: '/event-streams/{id}/deliveries/{event_id}',
      summary: 'Read what came of an event',
      scopes: ['read:event_deliveries'],
      params,
      run: async (call) => {
        const delivery = await findDelivery(call.ctx, (await streamOf(streams, call)).id, call.params.event_id);
        if (!delivery) throw unknownEvent();
        return delivery;
      },
    }),
    endpoint({
      method: 'GET',
      path: '/event-streams/{id}/stats',
      summary: 'Count the deliveries of an event stream by day',
      scopes: ['read:event_streams', 'read:event_deliveries'],
      params,
      run: async (call) => deliveryStatistics(call.ctx, await streamOf(streams, call)),
    }),
  ];
}

function sendings(streams: Streams, eventTypes: readonly string[]): readonly Endpoint[] {
  const params = paramsOf(streams);
  const eventType = oneOf(eventTypes, { description: 'Type of event' });
  return [
    endpoint({
      method: 'POST',
      path: '/event-streams/{id}/redeliver',
      summary: 'Send the events that failed again',
      scopes: ['update:event_deliveries'],
      params,
      status: 202,
      body: object({
        date_from: instant('First time, included'),
        date_to: instant('Last time, not included'),
        statuses: optional(list(oneOf(['failed']))),
        event_types: optional(list(eventType)),
      }),
      run: async (call) => {
        const { id } = await streamOf(streams, call);
        await redeliver(call.ctx, { stream: id, eventTypes: call.body.event_types, ...rangeOf(call.body) });
        sendSoon(call);
        return call.body;
      },
    }),
    endpoint({
      method: 'POST',
      path: '/event-streams/{id}/redeliver/{event_id}',
      summary: 'Send an event again',
      scopes: ['update:event_deliveries'],
      params,
      run: async (call) => {
        const again = await redeliverOne(call.ctx, (await streamOf(streams, call)).id, call.params.event_id);
        if (again === undefined) throw unknownEvent();
        if (!again) throw new ApiError(409, 'The event is not in a state that allows redelivery.');
        sendSoon(call);
        return new Answer(202, {});
      },
    }),
    endpoint({
      method: 'POST',
      path: '/event-streams/{id}/test',
      summary: 'Send an event to try an event stream out',
      scopes: ['update:event_streams'],
      params,
      status: 202,
      body: object({ event_type: eventType, data: optional(record({ description: 'What the event is about' })) }),
      run: async (call) => {
        const stream = await streamOf(streams, call);
        const { event_type: type, data = sampleOf(type) } = call.body;
        const event = streamEvent(call.ctx, stream, { type, data, purpose: 'test' });
        const delivery = await enqueueEvent(call.ctx, stream, event);
        sendSoon(call);
        return delivery;
      },
    }),
  ];
}

/** The endpoints below a stream of the collection. */
export function deliveryEndpoints(streams: Streams, eventTypes: readonly string[]): readonly Endpoint[] {
  return [...readings(streams), ...sendings(streams, eventTypes)];
}
