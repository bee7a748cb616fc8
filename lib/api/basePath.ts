/**
 * The path below which everything is served: "" or "/meshscope".
 *
 * `next build` inlines a placeholder here, and cli/relocate.ts replaces it when the server starts. Compilers fold what
 * they know about constants, so nothing may depend on its length or on whether it is empty: only put it before a path.
 */

/** What stands for the base path in a build. */
export const BASE_PATH_PLACEHOLDER = "/__MESH_BASE__";

/** Before every path of our own server that the browser asks for. */
export const BASE_PATH = process.env.BUILT_FOR_BASE_PATH ?? "";
