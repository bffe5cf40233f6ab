// Owns where log streams may go: the members of each kind of sink, which of them are secrets, and what we add to them.
import { randomUuid } from '#crypto/random';
import type { JsonObject } from '#protocol/merge-patch';
import { flag, list, object, oneOf, optional, type Schema, text } from '../schema.ts';
import { amazonRegions } from './amazon-regions.ts';

const azureRegions = [
  ...(['australiacentral', 'australiaeast', 'australiasoutheast', 'brazilsouth', 'canadacentral'] as const),
  ...(['canadaeast', 'centralindia', 'centralus', 'eastasia', 'eastus', 'eastus2', 'francecentral'] as const),
  ...(['germanywestcentral', 'japaneast', 'japanwest', 'koreacentral', 'koreasouth', 'northcentralus'] as const),
  ...(['northeurope', 'norwayeast', 'southafricanorth', 'southcentralus', 'southeastasia', 'southindia'] as const),
  ...(['swedencentral', 'switzerlandnorth', 'uaenorth', 'uksouth', 'ukwest', 'westcentralus', 'westeurope'] as const),
  ...(['westindia', 'westus', 'westus2'] as const),
] as const;

const header = object({ header: optional(text()), value: optional(text()) }, { open: true });

export const sinks = {
  http: object({
    httpEndpoint: text({ pattern: '^https://.*', maxLength: 2000, description: 'HTTP endpoint' }),
    httpAuthorization: optional(text({ maxLength: 4000, description: 'HTTP Authorization header' })),
    httpContentFormat: optional(oneOf(['JSONARRAY', 'JSONLINES', 'JSONOBJECT'])),
    httpContentType: optional(text({ maxLength: 200, description: 'HTTP Content-Type header' })),
    httpCustomHeaders: optional(list(header, { maxItems: 50, description: 'Additional HTTP headers' })),
  }),
  eventbridge: object({
    awsAccountId: text({ pattern: '^\\d{12}$', description: 'AWS account ID' }),
    awsRegion: oneOf(amazonRegions, { description: 'The region in which the event source is made' }),
    awsPartnerEventSource: optional(text({ description: 'AWS EventBridge partner event source' })),
  }),
  eventgrid: object({
    azureSubscriptionId: text({ pattern: '^[\\da-fA-F]{8}(?:-[\\da-fA-F]{4}){3}-[\\da-fA-F]{12}$' }),
    azureRegion: oneOf(azureRegions, { description: 'Azure region' }),
    azureResourceGroup: text({ description: 'Resource group' }),
    azurePartnerTopic: optional(text({ description: 'Partner topic' })),
  }),
  datadog: object({
    datadogApiKey: text({ minLength: 1, description: 'Datadog API key' }),
    datadogRegion: oneOf(['us', 'eu', 'us3', 'us5'], { description: 'Datadog region' }),
  }),
  splunk: object({
    splunkDomain: text({ minLength: 1, description: 'Splunk URL endpoint' }),
    splunkPort: text({ pattern: '^[0-9]*$', description: 'Port' }),
    splunkToken: text({ minLength: 1, description: 'Splunk access token' }),
    splunkSecure: flag({ description: 'Whether the certificate of the endpoint is verified' }),
  }),
  sumo: object({ sumoSourceAddress: text({ minLength: 1, description: 'HTTP source address' }) }),
  segment: object({ segmentWriteKey: text({ minLength: 1, description: 'Segment write key' }) }),
  mixpanel: object({
    mixpanelRegion: oneOf(['us', 'eu'], { description: 'Mixpanel region' }),
    mixpanelProjectId: text({ pattern: '^\\d+$', description: 'Mixpanel project id' }),
    mixpanelServiceAccountUsername: text({ pattern: '^[^:]+$', description: 'Mixpanel service account username' }),
    mixpanelServiceAccountPassword: text({ pattern: '^[^:]+$', description: 'Mixpanel service account password' }),
  }),
} as const satisfies Record<string, Schema>;

export type SinkType = keyof typeof sinks;
export const sinkTypes = Object.keys(sinks) as SinkType[];

/** Sealed. Auth0 shows them to who may read streams, all but one. */
export const sinkSecrets = [
  ...['sink.httpAuthorization', 'sink.httpCustomHeaders', 'sink.datadogApiKey', 'sink.splunkToken'],
  ...['sink.segmentWriteKey', 'sink.mixpanelServiceAccountPassword'],
];

/** A sink as it is made: with the names by which the clouds' own event buses know the stream. */
export function namedSink(type: SinkType, sink: JsonObject, tenant: string): JsonObject {
  if (type === 'eventbridge') {
    return { ...sink, awsPartnerEventSource: `aws.partner/auth0.com/${tenant}-${randomUuid()}/auth0.logs` };
  }
  if (type === 'eventgrid') {
    const topic = `azure.partner/auth0.com/${tenant}-${sink['azureSubscriptionId']}/auth0.logs`;
    return { ...sink, azurePartnerTopic: topic };
  }
  return sink;
}

export function shownSink(sink: JsonObject): JsonObject {
  const hasPassword = sink['mixpanelServiceAccountPassword'] !== undefined;
  return hasPassword ? { ...sink, mixpanelServiceAccountPassword: '********' } : sink;
}
