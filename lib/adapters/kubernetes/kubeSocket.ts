/** WebSockets to an API server, which can be cut and whose refusal can be read. */
import type { Duplex } from "node:stream";
import { type Dispatcher, WebSocket } from "undici";

export type KubeSocket = {
  /** Not open yet when it is handed out; binary frames are ArrayBuffers. */
  readonly webSocket: WebSocket;
  /** The HTTP status with which the upgrade was refused, if it was. */
  readonly refusal: () => number | undefined;
  /** Cuts the connection without waiting for the other side. */
  readonly destroy: () => void;
};

/**
 * A WebSocket only asks the other side to close, and waits. So its handshake is watched, for the TCP connection to cut
 * and for the status of a refusal, which a WebSocket does not tell either.
 */
export function watchedSocket(
  dispatcher: Dispatcher,
  url: string,
  options: { readonly headers: Readonly<Record<string, string>>; readonly protocols: string[] },
  signal: AbortSignal,
): KubeSocket {
  let raw: Duplex | undefined;
  let status: number | undefined;
  let isOver = false;
  const watch = (handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler => ({
    onRequestStart: (...start) => handler.onRequestStart?.(...start),
    onRequestUpgrade(...upgrade) {
      raw = upgrade[3];
      handler.onRequestUpgrade?.(...upgrade);
      if (isOver) raw.destroy();
    },
    onResponseStart(...start) {
      status = start[1];
      handler.onResponseStart?.(...start);
    },
    onResponseData: (...data) => handler.onResponseData?.(...data),
    onResponseEnd: (...end) => handler.onResponseEnd?.(...end),
    onResponseError: (...error) => handler.onResponseError?.(...error),
  });
  const watched = dispatcher.compose((dispatch) => (request, handler) => dispatch(request, watch(handler)));
  const webSocket = new WebSocket(url, { ...options, dispatcher: watched });
  webSocket.binaryType = "arraybuffer";
  function destroy(): void {
    isOver = true;
    signal.removeEventListener("abort", destroy);
    webSocket.close();
    raw?.destroy();
  }
  if (signal.aborted) destroy();
  else signal.addEventListener("abort", destroy);
  return { webSocket, refusal: () => status, destroy };
}
