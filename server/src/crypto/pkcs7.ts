// Owns PKCS #7: a certificate in the envelope that some identity providers' forms ask for (RFC 2315 §9).

/** DER: a tag, the length, the content. */
function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const { length } = body;
  if (length < 128) return Buffer.concat([Buffer.from([tag, length]), body]);
  const bytes = Buffer.from(
    length.toString(16).padStart(length.toString(16).length + (length.toString(16).length % 2), '0'),
    'hex',
  );
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length]), bytes, body]);
}

const signedData = Buffer.from('06092a864886f70d010702', 'hex');
const data = Buffer.from('06092a864886f70d010701', 'hex');
const one = Buffer.from('020101', 'hex');
const emptySet = Buffer.from('3100', 'hex');

/** A certificate (base64 DER) as a PKCS #7 that signs nothing; PEM. */
export function certificateAsPkcs7(certificate: string): string {
  const content = der(0x30, one, emptySet, der(0x30, data), der(0xa0, Buffer.from(certificate, 'base64')), emptySet);
  const envelope = der(0x30, signedData, der(0xa0, content));
  const lines = envelope.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PKCS7-----', ...lines, '-----END PKCS7-----', ''].join('\r\n');
}
