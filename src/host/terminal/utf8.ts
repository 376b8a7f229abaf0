/** How many bytes the character that begins with this byte has; 0 for a byte that begins none. */
function lengthByLead(byte: number): number {
  if (byte < 0x80) return 1
  if (byte < 0xc2 || byte > 0xf4) return 0
  if (byte < 0xe0) return 2
  return byte < 0xf0 ? 3 : 4
}

/**
 * How many bytes at the end (of the first `end`) begin a UTF-8 character that goes on behind it: 0–3. The decoder of
 * the emulator must never see such a cut: of a character whose second byte is 0x80 (… — • and others) it makes another.
 */
export function cutCharacter(bytes: Uint8Array, end = bytes.length): number {
  for (let back = 1; back <= Math.min(3, end); back += 1) {
    const byte = bytes[end - back] as number
    if ((byte & 0xc0) === 0x80) continue
    return lengthByLead(byte) > back ? back : 0
  }
  return 0
}
