// Owns what an identity provider's metadata says: where people sign in and out, and by which certificate it signs.
import { elementsOf, parseXml, type XmlElement } from './xml.ts';

export interface ProviderMetadata {
  readonly signInEndpoint?: string;
  readonly signOutEndpoint?: string;
  /** URN of how requests are sent there. */
  readonly bindingMethod?: string;
  /** Base64 of the DER. */
  readonly certificate?: string;
}

const redirect = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';

/** The endpoint that is asked by redirect, or else the first one. */
function endpointOf(provider: XmlElement, name: string): XmlElement | undefined {
  const all = elementsOf(provider, name);
  return all.find(({ attributes }) => attributes.get('Binding') === redirect) ?? all[0];
}

function certificateOf(provider: XmlElement): string | undefined {
  const signing = elementsOf(provider, 'KeyDescriptor').filter(
    ({ attributes }) => (attributes.get('use') ?? 'signing') === 'signing',
  );
  const [certificate] = signing.flatMap((key) => elementsOf(key, 'X509Certificate'));
  return certificate?.text.replace(/\s/g, '');
}

function present<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}

/** Metadata of a SAML 2.0 identity provider (SAML Metadata §2.4.3). Throws MalformedXml. */
export function readSamlMetadata(xml: string): ProviderMetadata {
  const root = parseXml(xml);
  const provider = elementsOf(root, 'IDPSSODescriptor')[0] ?? root;
  const signIn = endpointOf(provider, 'SingleSignOnService');
  return present({
    signInEndpoint: signIn?.attributes.get('Location'),
    signOutEndpoint: endpointOf(provider, 'SingleLogoutService')?.attributes.get('Location'),
    bindingMethod: signIn?.attributes.get('Binding'),
    certificate: certificateOf(provider),
  });
}

/** Metadata of a WS-Federation identity provider (WS-Federation §3.1). Throws MalformedXml. */
export function readFederationMetadata(xml: string): ProviderMetadata {
  const root = parseXml(xml);
  const [passive] = elementsOf(root, 'PassiveRequestorEndpoint');
  const [address] = passive ? elementsOf(passive, 'Address') : [];
  const role = elementsOf(root, 'RoleDescriptor').find((one) => elementsOf(one, 'PassiveRequestorEndpoint').length > 0);
  return present({ signInEndpoint: address?.text.trim(), certificate: role && certificateOf(role) });
}
