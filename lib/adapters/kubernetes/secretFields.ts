/**
 * Takes chosen fields out of a Secret's JSON and forgets the rest: the text is followed as bytes, of which only the chosen
 * values ever become strings, and the bytes are overwritten. A parser would make a string of every key and password.
 */

/** A Secret holds up to 1 MiB, in base64, perhaps twice with what kubectl last applied. */
const LIMIT_BYTES = 4 * 1024 * 1024;
const DEEPEST = 32;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;

export type SecretFields = {
  /** Values of `data` that were asked for, still in base64. */
  readonly data: ReadonlyMap<string, string>;
  /** The keys of all of `data`. */
  readonly keys: ReadonlySet<string>;
};

/**
 * Reads a body to its end. Rejects with SyntaxError when it is no JSON object, and with RangeError when it is too large;
 * neither tells anything of the text.
 */
export async function readSecretFields(
  chunks: AsyncIterable<Buffer>,
  wanted: ReadonlySet<string>,
): Promise<SecretFields> {
  const parts: Buffer[] = [];
  let whole = Buffer.alloc(0);
  try {
    let bytes = 0;
    for await (const chunk of chunks) {
      parts.push(chunk);
      bytes += chunk.length;
      if (bytes > LIMIT_BYTES) throw new RangeError("a Secret of more than any Secret's size");
    }
    whole = Buffer.concat(parts);
    return new Scanner(whole, wanted).read();
  } finally {
    for (const part of [...parts, whole]) part.fill(0);
  }
}

class Scanner {
  readonly #bytes: Buffer;
  readonly #wanted: ReadonlySet<string>;
  readonly #data = new Map<string, string>();
  readonly #keys = new Set<string>();
  #at = 0;

  constructor(bytes: Buffer, wanted: ReadonlySet<string>) {
    this.#bytes = bytes;
    this.#wanted = wanted;
  }

  read(): SecretFields {
    this.#object((key) => {
      if (key !== "data" || this.#peek() !== OPEN_OBJECT) return this.#skip(1);
      this.#object((name) => {
        this.#keys.add(name);
        const start = this.#at;
        this.#skip(2);
        if (!this.#wanted.has(name) || this.#bytes[start] !== QUOTE) return;
        // Base64: nothing within is escaped.
        this.#data.set(name, this.#bytes.toString("latin1", start + 1, this.#at - 1));
      });
    });
    return { data: this.#data, keys: this.#keys };
  }

  /** Goes through an object; `value` must go past the value of the key. */
  #object(value: (key: string) => void): void {
    this.#expect(OPEN_OBJECT);
    while (this.#peek() !== CLOSE_OBJECT) {
      const start = this.#at;
      this.#string();
      const key = this.#bytes.toString("utf8", start + 1, this.#at - 1);
      this.#expect(COLON);
      this.#peek();
      value(key);
      if (this.#peek() !== CLOSE_OBJECT) this.#expect(COMMA);
    }
    this.#at += 1;
  }

  /** Goes past a value without looking at it. */
  #skip(depth: number): void {
    if (depth > DEEPEST) throw new SyntaxError("too deep");
    const byte = this.#peek();
    if (byte === QUOTE) return this.#string();
    if (byte !== OPEN_OBJECT && byte !== OPEN_LIST) return this.#scalar();
    const close = byte === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_LIST;
    this.#at += 1;
    while (this.#peek() !== close) {
      if (close === CLOSE_OBJECT) {
        this.#string();
        this.#expect(COLON);
      }
      this.#skip(depth + 1);
      if (this.#peek() !== close) this.#expect(COMMA);
    }
    this.#at += 1;
  }

  #string(): void {
    this.#expect(QUOTE);
    for (; this.#at < this.#bytes.length; this.#at += 1) {
      const byte = this.#bytes[this.#at];
      if (byte === BACKSLASH) this.#at += 1;
      else if (byte === QUOTE) return void (this.#at += 1);
    }
    throw new SyntaxError("the answer ends within a string");
  }

  /** A number, true, false or null. */
  #scalar(): void {
    const start = this.#at;
    while (/[\w.+-]/.test(String.fromCharCode(this.#bytes[this.#at] ?? 0))) this.#at += 1;
    if (this.#at === start) throw new SyntaxError("the answer is not JSON");
  }

  /** The next byte that is not blank. */
  #peek(): number {
    for (; this.#at < this.#bytes.length; this.#at += 1) {
      const byte = this.#bytes[this.#at] ?? 0;
      if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return byte;
    }
    throw new SyntaxError("the answer ends too early");
  }

  #expect(wanted: number): void {
    if (this.#peek() !== wanted) throw new SyntaxError("the answer is not JSON");
    this.#at += 1;
  }
}
