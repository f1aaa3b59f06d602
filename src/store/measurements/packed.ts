/** packed: JSON as zstd, for what is large and rarely read. */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'

export function pack(json: string): Buffer {
  return zstdCompressSync(json)
}

export function unpack(bytes: Buffer): string {
  return zstdDecompressSync(bytes).toString('utf8')
}
