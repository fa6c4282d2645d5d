/** A set of record indexes, one bit each. */
export class RowBitmap {
  #bits: Uint8Array<ArrayBuffer> = new Uint8Array(1024);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(record: number): void {
    const byte = Math.floor(record / 8);
    if (byte >= this.#bits.length) {
      const larger = new Uint8Array(Math.max(byte + 1, this.#bits.length * 2));
      larger.set(this.#bits);
      this.#bits = larger;
    }
    const old = this.#bits[byte] ?? 0;
    const bit = 1 << (record % 8);
    if ((old & bit) === 0) this.#count++;
    this.#bits[byte] = old | bit;
  }

  has(record: number): boolean {
    return ((this.#bits[Math.floor(record / 8)] ?? 0) & (1 << (record % 8))) !== 0;
  }

  /** Those in `[first, first + length)`, ascending. */
  in(first: number, length: number): number[] {
    const found: number[] = [];
    if (this.#count === 0) return found;
    for (let record = first; record < first + length; record++) if (this.has(record)) found.push(record);
    return found;
  }
}
