/** What the fake API server uses of ws, which brings no types of its own. */
declare module "ws" {
  import type { IncomingMessage } from "node:http";
  import type { Duplex } from "node:stream";

  export class WebSocket {
    send(data: string | Uint8Array): void;
    close(): void;
    /** Cuts the connection. */
    terminate(): void;
    on(event: "message", listener: (frame: Buffer) => void): this;
  }

  export class WebSocketServer {
    constructor(options: { readonly noServer: true; readonly handleProtocols: () => string });
    readonly clients: ReadonlySet<WebSocket>;
    handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, opened: (socket: WebSocket) => void): void;
  }
}
