/** What changed, told to every open page. Events carry no data: pages ask for what they show. */
export type ChangeEvent =
  | { readonly type: "telemetry"; readonly atSeconds: number }
  | { readonly type: "configuration"; readonly cluster: string; readonly version: number };

export class EventHub {
  readonly #listeners = new Set<(event: ChangeEvent) => void>();

  get listenerCount(): number {
    return this.#listeners.size;
  }

  /** Calls the listener for each event; returns the way to stop. */
  subscribe(listener: (event: ChangeEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  publish(event: ChangeEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
