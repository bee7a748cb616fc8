/** What the fake API server holds: objects with resource versions, and the history that watches replay. */
export type WireObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
};

export type StoredEvent = {
  readonly version: number;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: WireObject;
};

export class ObjectStore {
  #version = 1_000;
  /** Versions up to this one are forgotten: a watch from there gets 410. */
  #forgotten = 0;
  readonly #objects = new Map<string, WireObject>();
  #history: StoredEvent[] = [];
  readonly #listeners = new Set<(event: StoredEvent) => void>();

  get version(): number {
    return this.#version;
  }

  /** Adds or replaces; the object gets the next resource version. */
  put(object: WireObject): WireObject {
    const key = keyOf(object);
    const type = this.#objects.has(key) ? "MODIFIED" : "ADDED";
    const stored = this.#stamp(object);
    this.#objects.set(key, stored);
    this.#record({ version: this.#version, type, object: stored });
    return stored;
  }

  /** Removes the object named like this one. */
  remove(object: WireObject): void {
    const known = this.#objects.get(keyOf(object));
    if (known === undefined) throw new Error(`the fake API server holds no ${keyOf(object)}`);
    this.#objects.delete(keyOf(object));
    this.#record({ version: this.#version + 1, type: "DELETED", object: this.#stamp(known) });
  }

  /** Objects of a kind, sorted by namespace and name as etcd keeps them. */
  list(group: string, kind: string, namespace?: string): WireObject[] {
    return [...this.#objects.values()]
      .filter((object) => isOf(object, group, kind, namespace))
      .sort((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
  }

  /** Events after a version, or undefined when they are forgotten. */
  since(version: number, group: string, kind: string, namespace?: string): StoredEvent[] | undefined {
    if (version < this.#forgotten) return undefined;
    return this.#history.filter((event) => event.version > version && isOf(event.object, group, kind, namespace));
  }

  /** Forgets all history, as etcd does when it is compacted. */
  compact(): void {
    this.#version += 1;
    this.#forgotten = this.#version;
    this.#history = [];
  }

  onEvent(listener: (event: StoredEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #stamp(object: WireObject): WireObject {
    this.#version += 1;
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
  }

  #record(event: StoredEvent): void {
    this.#history.push(event);
    for (const listener of this.#listeners) listener(event);
  }
}

export function isOf(object: WireObject, group: string, kind: string, namespace?: string): boolean {
  const own = object.apiVersion.includes("/") ? object.apiVersion.slice(0, object.apiVersion.indexOf("/")) : "";
  return own === group && object.kind === kind && (namespace === undefined || object.metadata.namespace === namespace);
}

function keyOf({ apiVersion, kind, metadata }: WireObject): string {
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  return `${group}/${kind}/${metadata.namespace ?? ""}/${metadata.name}`;
}
