/**
 * How adapters reach an HTTP server: directly by URL, or through the Kubernetes API server's service proxy.
 * Paths are appended to the transport's own base, so callers never see hosts, credentials or proxies.
 */
export type HttpRequest = {
  readonly method: "GET" | "POST";
  /** Starts with "/"; relative to the transport's base. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
};

export type HttpResponse = {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body, read once and decompressed. Rejects when it is larger than the transport allows. */
  text(): Promise<string>;
};

/** Rejects with SourceError kind "unreachable" or "timeout"; HTTP error statuses are answers, not errors. */
export type HttpTransport = {
  /** For messages: where requests go, without credentials. */
  readonly target: string;
  request(request: HttpRequest): Promise<HttpResponse>;
  close(): Promise<void>;
};
