/**
 * 32 bits that look random and change with every character (FNV-1a and a final mix). Tells apart what differs by
 * accident; no secret, so not what differs on purpose. `seed`: another one, another digest.
 */
export function digest(text: string, seed = 0): number {
  let mixed = 0x811c_9dc5 ^ seed;
  for (let index = 0; index < text.length; index += 1) mixed = Math.imul(mixed ^ text.charCodeAt(index), 0x0100_0193);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0_aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
