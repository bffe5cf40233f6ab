// Owns what identity providers say of themselves, in a document that was sent or at an address: endpoints and certificates.
import { describeCertificate } from '#crypto/certificate-text';
import { type ProviderMetadata, readFederationMetadata, readSamlMetadata } from '#protocol/federation-metadata';
import { isJsonObject } from '#protocol/merge-patch';
import { OutboundFailed } from '#protocol/outbound';
import { MalformedXml } from '#protocol/xml';
import type { Options } from './connection-option.ts';
import type { Context } from './context.ts';
import { InvalidSetting } from './refusals.ts';

const longNames: Readonly<Record<string, string>> = {
  C: 'countryName',
  ST: 'stateOrProvinceName',
  L: 'localityName',
  O: 'organizationName',
  OU: 'organizationalUnitName',
  CN: 'commonName',
  emailAddress: 'emailAddress',
};

/** What a certificate says, in the places where Auth0 tells it. It comes as PEM, or as the base64 of PEM or DER. */
export function certificateOptions(text: unknown): Options {
  if (typeof text !== 'string') return {};
  const decoded = text.includes('-----') ? text : Buffer.from(text, 'base64').toString('latin1');
  const isPem = decoded.includes('-----BEGIN');
  const certificate = describeCertificate(isPem ? decoded : text);
  if (!certificate) return {};
  const subject = certificate.subject.flatMap((part) => {
    const [name = '', ...value] = part.split('=');
    return Object.hasOwn(longNames, name) ? [[longNames[name], value.join('=')]] : [];
  });
  return {
    expires: new Date(certificate.notAfter).toISOString(),
    subject: Object.fromEntries(subject),
    thumbprints: [certificate.sha1],
    cert: (isPem ? decoded : certificate.pem).replaceAll('\r\n', '\n'),
  };
}

/** As options; the certificate as the base64 of its PEM. Throws MalformedXml. */
function read(xml: string, reader: (xml: string) => ProviderMetadata): Options {
  const { certificate, ...endpoints } = reader(xml);
  const pem = certificate && describeCertificate(certificate)?.pem.replaceAll('\r\n', '\n');
  return { ...endpoints, ...(pem ? { signingCert: Buffer.from(pem).toString('base64') } : {}) };
}

const readers = { samlp: readSamlMetadata, adfs: readFederationMetadata } as const;

/** The options that a document says. Throws InvalidSetting for one that cannot be read. */
export function metadataOptions(xml: unknown, strategy: keyof typeof readers): Options {
  if (typeof xml !== 'string' || xml.trim() === '') return {};
  try {
    return read(xml, readers[strategy]);
  } catch (error) {
    if (error instanceof MalformedXml) throw new InvalidSetting(`The metadata is invalid. ${error.message}.`);
    throw error;
  }
}

/** The ADFS server's document: at its own address, or where servers publish it. */
function federationAddress(server: unknown): unknown {
  if (typeof server !== 'string' || server === '') return undefined;
  if (server.includes('://')) return server;
  return `https://${server}/FederationMetadata/2007-06/FederationMetadata.xml`;
}

const wellKnown = '/.well-known/openid-configuration';

/** Where a provider of a strategy says what it is. */
function addressOf(strategy: string, options: Options): unknown {
  switch (strategy) {
    case 'oidc':
      return options['discovery_url'];
    case 'okta':
      return options['domain'] ? `https://${options['domain']}${wellKnown}` : undefined;
    case 'samlp':
      return options['metadataXml'] ? undefined : options['metadataUrl'];
    case 'adfs':
      return options['fedMetadataXml'] ? undefined : federationAddress(options['adfs_server']);
    default:
      return undefined;
  }
}

function understood(strategy: string, body: string): Options {
  if (strategy === 'samlp' || strategy === 'adfs') return read(body, readers[strategy]);
  const metadata: unknown = JSON.parse(body);
  return isJsonObject(metadata) ? { oidc_metadata: metadata } : {};
}

/** Options with what the provider says at its address of what they leave open; as they were when it says nothing. */
export async function withProviderMetadata(
  { outbound }: Pick<Context, 'outbound'>,
  strategy: string,
  options: Options,
): Promise<Options> {
  const url = addressOf(strategy, options);
  if (typeof url !== 'string' || options['oidc_metadata'] !== undefined) return options;
  try {
    const { status, body } = await outbound({ url });
    return status === 200 ? { ...understood(strategy, body), ...options } : options;
  } catch (error) {
    const isTheirs = [OutboundFailed, SyntaxError, MalformedXml].some((kind) => error instanceof kind);
    if (isTheirs) return options;
    throw error;
  }
}
