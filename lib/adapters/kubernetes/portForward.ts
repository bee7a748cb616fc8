/**
 * One HTTP request to a port of a pod, as `kubectl port-forward` makes it: whoever answers is called from localhost.
 *
 *   us ── WebSocket ── API server ── kubelet ── 127.0.0.1:<port> in the pod
 *
 * A frame is one byte for the channel (0: data, 1: errors), then bytes; the first frame of a channel is its port number.
 * @see https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/kubelet/pkg/cri/streaming/portforward/websocket.go
 */
import { request } from "node:http";
import { Duplex } from "node:stream";
import { type KubeClient, pathSegment } from "./kubeClient.ts";
import type { KubeSocket } from "./kubeSocket.ts";

export type ForwardedRequest = {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
  /** Of the GET, beginning with "/". */
  readonly path: string;
  readonly signal: AbortSignal;
  /** For all of it: connecting, asking, and the answer to its end. */
  readonly timeoutMs: number;
  readonly limitBytes: number;
};

const PROTOCOL = "v4.channel.k8s.io";
const DATA = 0;
const PORT_NUMBER_BYTES = 2;

/** The body of a 200. Rejects with an Error that says what was in the way; the stream is closed in any case. */
export async function getForwarded(client: KubeClient, wanted: ForwardedRequest): Promise<string> {
  const { namespace, pod, port, path, limitBytes } = wanted;
  const signal = AbortSignal.any([wanted.signal, AbortSignal.timeout(wanted.timeoutMs)]);
  const socket = await client.openSocket({
    path: `/api/v1/namespaces/${pathSegment(namespace)}/pods/${pathSegment(pod)}/portforward`,
    query: { ports: String(port) },
    protocol: PROTOCOL,
    signal,
  });
  const stream = streamOf(socket);
  try {
    return await get(stream, path, signal, limitBytes);
  } finally {
    stream.destroy();
    socket.destroy();
  }
}

function get(stream: Duplex, path: string, signal: AbortSignal, limitBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    // The stream has no end of its own: who answers closes it.
    const headers = { host: "localhost", connection: "close", accept: "application/json" };
    const asked = request({ createConnection: () => stream, path, headers, signal }, (response) => {
      if (response.statusCode !== 200) {
        response.destroy();
        return reject(new Error(`it answered ${response.statusCode}`));
      }
      const parts: Buffer[] = [];
      let bytes = 0;
      response.on("data", (part: Buffer) => {
        bytes += part.length;
        if (bytes > limitBytes) response.destroy(new Error(`it answered more than ${limitBytes} bytes`));
        else parts.push(part);
      });
      response.on("end", () => resolve(Buffer.concat(parts).toString("utf8")));
      response.on("error", reject);
    });
    asked.on("error", reject);
    asked.end();
  });
}

/** The data channel as a stream, which waits for the socket to open and ends with it. */
function streamOf({ webSocket, refusal }: KubeSocket): Duplex {
  const known = new Set<number>();
  const stream = new Duplex({
    // The HTTP parser takes what comes at once, and stops at its limit: nothing to hold back.
    read() {},
    write(chunk: Buffer, _encoding, done) {
      const send = (): void => {
        webSocket.send(Buffer.concat([Buffer.of(DATA), chunk]));
        done();
      };
      // Not construct(): a stream under construction cannot be destroyed.
      if (webSocket.readyState === webSocket.CONNECTING) webSocket.addEventListener("open", send, { once: true });
      else send();
    },
  });
  webSocket.addEventListener("message", ({ data }: { data: unknown }) => {
    const frame = data instanceof ArrayBuffer ? Buffer.from(data) : Buffer.alloc(0);
    const [channel] = frame;
    if (channel === undefined) return stream.destroy(new Error("the port-forward sent no channel"));
    const bytes = frame.subarray(known.has(channel) ? 1 : 1 + PORT_NUMBER_BYTES);
    known.add(channel);
    if (bytes.length === 0) return;
    if (channel === DATA) stream.push(bytes);
    else stream.destroy(new Error(`the port-forward failed: ${bytes.toString("utf8").slice(0, 200)}`));
  });
  webSocket.addEventListener("error", () => {
    const status = refusal();
    stream.destroy(new Error(`the port-forward was ${status === undefined ? "cut" : `refused (${status})`}`));
  });
  webSocket.addEventListener("close", () => {
    if (!stream.destroyed) stream.push(null);
  });
  return stream;
}
