import { once } from "node:events";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type TLSSocket } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { loadSettings } from "#lib/server/settings.ts";
import {
  OTHER_TEST_CERTIFICATE,
  OTHER_TEST_KEY,
  TEST_CERTIFICATE,
  TEST_KEY,
} from "#test/kubernetes/testCertificate.ts";
import { askOwnServer } from "./askOwnServer.ts";
import { createHttpServer } from "./httpServer.ts";
import { ownCertificate } from "./ownCertificate.ts";

const OLD = { cert: TEST_CERTIFICATE, key: TEST_KEY };
const NEW = { cert: OTHER_TEST_CERTIFICATE, key: OTHER_TEST_KEY };

test("a pair that the kubelet swaps is served to new connections, and open ones live on", async () => {
  const { secret, certificate, port } = await served();
  const old = await handshake(port);
  expect(nameOf(old)).toBe("CN=fake-api-server");
  expect(await ask(old)).toContain("200 OK");

  secret.swap(NEW);
  await expect.poll(async () => nameOf(await handshake(port))).toBe("CN=renewed");
  expect(certificate.current()).toEqual(NEW);
  expect(await ask(old)).toContain("200 OK");
});

test("a pair that does not belong together, or is half written, leaves the old one", async () => {
  const { secret, port } = await served();
  secret.swap({ cert: OTHER_TEST_CERTIFICATE, key: TEST_KEY });
  secret.swap({ cert: OTHER_TEST_CERTIFICATE.slice(0, 100), key: OTHER_TEST_KEY });
  // Handshakes take longer than the server's looks at the files.
  for (let times = 0; times < 10; times += 1) expect(nameOf(await handshake(port))).toBe("CN=fake-api-server");
  secret.swap(NEW);
  await expect.poll(async () => nameOf(await handshake(port))).toBe("CN=renewed");
});

test("our own server is asked although nobody vouches for its certificate, and no other is taken for it", async () => {
  const { certificate, port } = await served();
  const place = { host: "127.0.0.1", port, path: "/readyz" };
  await expect(askOwnServer(place, certificate)).resolves.toBeUndefined();
  const other = ownCertificate(settingsOf(secretFolder(NEW).files));
  await expect(askOwnServer(place, other)).rejects.toThrow("Something else answers");
});

test("TLS 1.1 is not spoken", async () => {
  const { port } = await served();
  const socket = connect({
    port,
    host: "127.0.0.1",
    rejectUnauthorized: false,
    maxVersion: "TLSv1.1",
    minVersion: "TLSv1",
  });
  const [error] = (await once(socket, "error")) as [Error];
  expect(error.message).toMatch(/protocol|alert|handshake/i);
});

test("a pair that cannot be used ends the start, and half a pair too", () => {
  const { files } = secretFolder({ cert: TEST_CERTIFICATE, key: OTHER_TEST_KEY });
  expect(() => ownCertificate(settingsOf(files))).toThrow(/MESHSCOPE_TLS_CERT_FILE .* cannot be used: .*mismatch/i);
  expect(() => loadSettings({ MESHSCOPE_TLS_CERT_FILE: files.cert })).toThrow("MESHSCOPE_TLS_KEY_FILE");
});

function settingsOf(files: { readonly cert: string; readonly key: string }) {
  return loadSettings({ MESHSCOPE_TLS_CERT_FILE: files.cert, MESHSCOPE_TLS_KEY_FILE: files.key });
}

/** A folder as the kubelet mounts a Secret. */
function secretFolder(first: typeof OLD) {
  const folder = mkdtempSync(join(tmpdir(), "meshscope-tls-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  let generation = 0;
  const swap = ({ cert, key }: typeof OLD) => {
    const name = `..generation_${(generation += 1)}`;
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "tls.crt"), cert);
    writeFileSync(join(folder, name, "tls.key"), key);
    symlinkSync(name, join(folder, "..data_tmp"));
    renameSync(join(folder, "..data_tmp"), join(folder, "..data"));
  };
  swap(first);
  for (const name of ["tls.crt", "tls.key"]) symlinkSync(join("..data", name), join(folder, name));
  return { swap, files: { cert: join(folder, "tls.crt"), key: join(folder, "tls.key") } };
}

/** A server with the old pair, which looks for another all the time. */
async function served() {
  const secret = secretFolder(OLD);
  const certificate = ownCertificate(settingsOf(secret.files));
  if (certificate === undefined) throw new Error("The settings name a certificate");
  const server = createHttpServer({
    listener: (_request, response) => response.end("answered"),
    upgrades: false,
    certificate: certificate.current(),
  });
  certificate.follow(server, 5);
  server.listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  return { secret, certificate, port: (server.address() as AddressInfo).port };
}

async function handshake(port: number): Promise<TLSSocket> {
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
  onTestFinished(() => void socket.destroy());
  await once(socket, "secureConnect");
  return socket;
}

function nameOf(socket: TLSSocket): string | undefined {
  return socket.getPeerX509Certificate()?.subject;
}

async function ask(socket: TLSSocket): Promise<string> {
  socket.write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
  const [chunk] = (await once(socket, "data")) as [Buffer];
  return chunk.toString();
}
