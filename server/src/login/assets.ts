// Owns the files that the pages load: read once at start, addressed by what they contain, cached for ever.
import { readFileSync } from 'node:fs';
import { brotliCompressSync, constants, crc32 } from 'node:zlib';

/** One file, ready to send. `brotli` is the same body compressed. */
export interface Asset {
  readonly body: Buffer;
  readonly brotli: Buffer;
  readonly type: string;
  readonly etag: string;
}

const types = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
} as const;

const names = ['login.css', 'enhance.js', 'leave.js', 'logo.svg'] as const;

export type AssetName = (typeof names)[number];

/** What every asset is sent with: its address changes with its content. */
export const assetCacheControl = 'public, max-age=31536000, immutable';

const paths = new Map<AssetName, string>();

/** Every asset by its path (`/u/assets/login.<hash>.css`). */
export const assets: ReadonlyMap<string, Asset> = new Map(names.map(load));

/** The path of an asset, for a `src` or `href`. */
export function assetPath(name: AssetName): string {
  return paths.get(name) as string;
}

function load(name: AssetName): [string, Asset] {
  const body = readFileSync(new URL(`./assets/${name}`, import.meta.url));
  // It tells two versions of our own file apart and protects nothing, so a checksum is enough.
  const hash = `${body.length.toString(16)}${crc32(body).toString(16).padStart(8, '0')}`;
  const [stem, extension] = name.split('.') as [string, keyof typeof types];
  const path = `/u/assets/${stem}.${hash}.${extension}`;
  paths.set(name, path);
  // Quality 5 costs about a millisecond at start and comes within a few percent of the best.
  const brotli = brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
  return [path, { body, brotli, type: types[extension], etag: `"${hash}"` }];
}
