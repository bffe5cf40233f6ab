// Owns the guess what kind of thing sent a request, from how it names itself. Anybody can name themselves anything.

export type DeviceClass = 'tv' | 'console' | 'tablet' | 'phone' | 'computer' | 'program';

/** The first that matches; the order matters, because televisions and phones name a computer's system too. */
const patterns: readonly (readonly [DeviceClass, RegExp])[] = [
  ['tv', /\bTV\b|SmartTV|AppleTV|GoogleTV|AndroidTV|Tizen|Web0S|webOS|Roku|\bAFT[A-Z]|CrKey|HbbTV|BRAVIA|VIERA/i],
  ['console', /PlayStation|Nintendo|Xbox/i],
  ['tablet', /iPad|Tablet|Android(?!.*Mobile)/i],
  ['phone', /iPhone|Android|Mobile/i],
  ['computer', /Windows NT|Macintosh|X11|CrOS/i],
];

/** The kind of the sender; a sender that names nothing known is a program. */
export function deviceClass(userAgent: string | undefined): DeviceClass {
  const known = patterns.find(([, pattern]) => pattern.test((userAgent ?? '').slice(0, 512)));
  return known?.[0] ?? 'program';
}
