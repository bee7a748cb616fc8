/**
 * Which objects name a host, by full name or by wildcard.
 *
 *   reviews.bookinfo.svc.cluster.local   found under that name …
 *   *.bookinfo.svc.cluster.local         … and, where wildcards of that length exist, under the name's end
 *   *                                    … of length 0
 */
import { hostsOverlap } from "./hosts.ts";
import type { MeshObject } from "./meshObject.ts";
import { namedHosts } from "./namedHosts.ts";
import { ObjectsBy } from "./objectsBy.ts";

/** What an object does with a host: "for" it applies to the host, "to" it sends requests there. */
export type HostRole = "for" | "to";

export class HostIndex {
  readonly #tables = { for: new HostTable(), to: new HostTable() };

  add(object: MeshObject): void {
    const named = namedHosts(object);
    for (const host of named.for) this.#tables.for.add(host, object);
    for (const host of named.to) this.#tables.to.add(host, object);
  }

  delete(object: MeshObject): void {
    const named = namedHosts(object);
    for (const host of named.for) this.#tables.for.delete(host, object);
    for (const host of named.to) this.#tables.to.delete(host, object);
  }

  /** Objects with a name in common with the host, each once. A wildcard is compared with every host there is. */
  find(host: string, role: HostRole): MeshObject[] {
    return this.#tables[role].find(host);
  }
}

class HostTable {
  readonly #names = new ObjectsBy();
  /** By what comes after the "*". */
  readonly #wildcards = new ObjectsBy();
  /** How many wildcards there are of each length. */
  readonly #lengths = new Map<number, number>();

  add(host: string, object: MeshObject): void {
    if (!host.startsWith("*")) return this.#names.add(host, object);
    const tail = host.slice(1);
    if (this.#wildcards.count(tail) === 0) this.#countLength(tail.length, 1);
    this.#wildcards.add(tail, object);
  }

  delete(host: string, object: MeshObject): void {
    if (!host.startsWith("*")) return this.#names.delete(host, object);
    const tail = host.slice(1);
    if (this.#wildcards.count(tail) === 0) return;
    this.#wildcards.delete(tail, object);
    if (this.#wildcards.count(tail) === 0) this.#countLength(tail.length, -1);
  }

  find(host: string): MeshObject[] {
    const found = new Set<MeshObject>();
    const take = (objects: Iterable<MeshObject>): void => {
      for (const object of objects) found.add(object);
    };
    if (host.startsWith("*")) {
      for (const name of this.#names.keys()) if (hostsOverlap(host, name)) take(this.#names.get(name));
      for (const tail of this.#wildcards.keys()) if (hostsOverlap(host, `*${tail}`)) take(this.#wildcards.get(tail));
      return [...found];
    }
    take(this.#names.get(host));
    for (const length of this.#lengths.keys())
      if (length <= host.length) take(this.#wildcards.get(host.slice(host.length - length)));
    return [...found];
  }

  #countLength(length: number, change: 1 | -1): void {
    const count = (this.#lengths.get(length) ?? 0) + change;
    if (count === 0) this.#lengths.delete(length);
    else this.#lengths.set(length, count);
  }
}
