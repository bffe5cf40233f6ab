// Owns how TLS is spoken where we speak it ourselves.

/**
 * Of TLS 1.2 only what RFC 9325 §4.2 recommends, which is all that FAPI 2.0 allows (Security Profile §5.2.2): keys that
 * nobody can recover later, and authenticated encryption. TLS 1.3 has nothing else.
 */
export const tlsRules = {
  minVersion: 'TLSv1.2',
  honorCipherOrder: true,
  ciphers: [
    ...['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256'],
    ...['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
    ...['ECDHE-RSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES128-GCM-SHA256'],
  ].join(':'),
} as const;
