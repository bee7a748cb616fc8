/**
 * The index of a watched cluster and the log of what changes in it. The first list of a scope says what there is, not
 * what happened; every later one also says what happened in between.
 */
import { ChangeLog } from "#lib/domain/mesh/changeLog.ts";
import { MeshIndex } from "#lib/domain/mesh/meshIndex.ts";
import type { MeshKind } from "#lib/domain/mesh/meshKinds.ts";
import type { MeshObject } from "#lib/domain/mesh/meshObject.ts";
import type { Clock } from "#lib/ports.ts";
import { replaceScope, type Scope, scopeKey } from "./scope.ts";

export class WatchedIndex {
  readonly index: MeshIndex;
  readonly changes: ChangeLog;
  readonly #clock: Clock;
  /** Scopes whose objects we have known. */
  readonly #known = new Set<string>();
  #isFirstList = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.changes = new ChangeLog(clock.nowSeconds());
    this.index = new MeshIndex((before, after) => {
      if (!this.#isFirstList) this.changes.observe(before, after, clock.nowSeconds());
    });
  }

  /** A page of a list: these are some of a scope's objects. Ten thousand at once would hold up everything else. */
  add(kind: MeshKind, scope: Scope, objects: readonly MeshObject[]): void {
    this.#isFirstList = !this.#known.has(scopeKey(kind, scope));
    for (const object of objects) this.index.put(object);
    this.#isFirstList = false;
  }

  /** The objects of a scope are exactly these: a whole list. */
  replace(kind: MeshKind, scope: Scope, objects: readonly MeshObject[]): void {
    this.#isFirstList = !this.#known.has(scopeKey(kind, scope));
    replaceScope(this.index, kind, scope, objects);
    if (this.#isFirstList) this.changes.beginAt(this.#clock.nowSeconds());
    this.#isFirstList = false;
    this.#known.add(scopeKey(kind, scope));
  }

  /** The kind is not served, so nobody has objects of it: once it is, all of them are new. */
  clear(kind: MeshKind, scopes: readonly Scope[]): void {
    for (const scope of scopes) {
      replaceScope(this.index, kind, scope, []);
      this.#known.add(scopeKey(kind, scope));
    }
  }
}
