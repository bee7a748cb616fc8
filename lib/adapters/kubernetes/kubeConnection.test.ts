import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { directConnection, inClusterConnection, kubeconfigConnection } from "./kubeConnection.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "meshscope-kube-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function kubeconfig(user: object, cluster: object = {}): Promise<string> {
  const path = join(folder, "config");
  await writeFile(
    path,
    JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "dev",
      contexts: [
        { name: "dev", context: { cluster: "c", user: "u" } },
        { name: "prod", context: { cluster: "p", user: "u" } },
      ],
      clusters: [
        { name: "c", cluster: { server: "https://dev.example.com:6443/", ...cluster } },
        { name: "p", cluster: { server: "https://prod.example.com" } },
      ],
      users: [{ name: "u", user }],
    }),
  );
  return path;
}

describe("kubeconfig", () => {
  test("gives the server and the bearer token of the current context", async () => {
    const connection = await kubeconfigConnection({ path: await kubeconfig({ token: "t0k" }) });
    expect(connection).toMatchObject({ foundBy: "context dev", server: "https://dev.example.com:6443" });
    expect(await connection.headers()).toEqual({ authorization: "Bearer t0k" });
  });

  test("another context can be chosen", async () => {
    const path = await kubeconfig({ token: "t0k" });
    expect((await kubeconfigConnection({ path, context: "prod" })).server).toBe("https://prod.example.com");
  });

  test("an unknown context is refused with those there are", async () => {
    const path = await kubeconfig({ token: "t0k" });
    await expect(kubeconfigConnection({ path, context: "staging" })).rejects.toMatchObject({
      kind: "unreachable",
      hint: "Choose one of: dev, prod.",
    });
  });

  test("certificates, the authority and the server name become TLS options", async () => {
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    const path = await kubeconfig(
      { "client-certificate-data": base64("CERT"), "client-key-data": base64("KEY") },
      { "certificate-authority-data": base64("CA"), "tls-server-name": "kube.internal" },
    );
    const { tls } = await kubeconfigConnection({ path });
    const texts = [tls.ca, tls.cert, tls.key].map((bytes) => Buffer.isBuffer(bytes) && bytes.toString());
    expect([...texts, tls.servername]).toEqual(["CA", "CERT", "KEY", "kube.internal"]);
  });

  test("user name and password become basic authentication", async () => {
    const path = await kubeconfig({ username: "ann", password: "p:w" });
    expect(await (await kubeconfigConnection({ path })).headers()).toEqual({
      authorization: `Basic ${btoa("ann:p:w")}`,
    });
  });

  test("a login plugin is run for the token", async () => {
    const credential = {
      apiVersion: "client.authentication.k8s.io/v1",
      kind: "ExecCredential",
      status: { token: "from-plugin" },
    };
    const path = await kubeconfig({
      exec: {
        apiVersion: "client.authentication.k8s.io/v1",
        command: process.execPath,
        args: ["-e", `console.log(${JSON.stringify(JSON.stringify(credential))})`],
        interactiveMode: "Never",
      },
    });
    expect(await (await kubeconfigConnection({ path })).headers()).toEqual({ authorization: "Bearer from-plugin" });
  });

  test("a login plugin that fails is denied, and says how to try it by hand", async () => {
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: process.execPath,
      args: ["-e", "process.exit(3)"],
    };
    await expect(kubeconfigConnection({ path: await kubeconfig({ exec }) })).rejects.toMatchObject({
      kind: "denied",
      hint: expect.stringContaining("kubectl --context dev get namespaces"),
    });
  });

  test("plain HTTP, as kubectl proxy offers it, is accepted", async () => {
    const path = await kubeconfig({}, { server: "http://127.0.0.1:8001" });
    expect((await kubeconfigConnection({ path })).server).toBe("http://127.0.0.1:8001");
  });

  test("a file that is missing or no kubeconfig is said by name", async () => {
    const path = join(folder, "none");
    await expect(kubeconfigConnection({ path })).rejects.toMatchObject({ message: expect.stringContaining(path) });
    await writeFile(path, "just: text\nwith: [broken");
    await expect(kubeconfigConnection({ path })).rejects.toMatchObject({ message: expect.stringContaining(path) });
  });
});

describe("in-cluster account", () => {
  const environment = { KUBERNETES_SERVICE_HOST: "10.0.0.1", KUBERNETES_SERVICE_PORT: "6443" };

  test("reads the token anew for every request, since the kubelet replaces it", async () => {
    await writeFile(join(folder, "ca.crt"), "CA");
    await writeFile(join(folder, "token"), "first\n");
    const connection = await inClusterConnection(environment, folder);
    expect(connection.server).toBe("https://10.0.0.1:6443");
    expect(await connection.headers()).toEqual({ authorization: "Bearer first" });
    await writeFile(join(folder, "token"), "second");
    expect(await connection.headers()).toEqual({ authorization: "Bearer second" });
  });

  test("an IPv6 address is put in brackets", async () => {
    await writeFile(join(folder, "ca.crt"), "CA");
    const connection = await inClusterConnection({ KUBERNETES_SERVICE_HOST: "fd00::1" }, folder);
    expect(connection.server).toBe("https://[fd00::1]:443");
  });

  test("outside a cluster, or without a mounted account, it says so", async () => {
    await expect(inClusterConnection({}, folder)).rejects.toMatchObject({
      message: expect.stringContaining("not running in a cluster"),
    });
    await expect(inClusterConnection(environment, folder)).rejects.toMatchObject({
      hint: "Set automountServiceAccountToken: true on the pod.",
    });
  });
});

test("a direct connection drops the slash at the end of its address", async () => {
  const connection = directConnection("http://127.0.0.1:8001/", { token: "t" });
  expect(connection.server).toBe("http://127.0.0.1:8001");
  expect(await connection.headers()).toEqual({ authorization: "Bearer t" });
});
