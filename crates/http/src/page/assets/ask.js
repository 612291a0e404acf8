// Asking the service, with the key where there is one.

const KEY = "skillstat-key";

/** Why an answer is no answer. Status 0: there was none. */
export class Refused extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }

  /** Whether a key would help. */
  get wantsKey() {
    return this.status === 401 || (this.status === 403 && this.message === "Invalid API key");
  }
}

/** The key of this tab; it is kept nowhere else and sent in a header only. */
export const key = {
  get: () => sessionStorage.getItem(KEY),
  set: (value) => sessionStorage.setItem(KEY, value),
  forget: () => sessionStorage.removeItem(KEY),
};

/** Asks; returns the response if it is a success or `Not Modified`. */
export async function ask(path, { method = "GET", headers = {}, body, signal, withKey = key.get() } = {}) {
  const sent = { ...headers };
  if (withKey) sent["X-API-Key"] = withKey;
  if (body !== undefined) sent["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: sent,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
      cache: "no-store",
      credentials: "omit",
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, "the service does not answer");
  }
  if (response.ok || response.status === 304) return response;
  let detail = response.statusText;
  try {
    const problem = await response.json();
    detail = typeof problem.detail === "string" ? problem.detail : JSON.stringify(problem.detail);
  } catch {
    // What is no problem of ours has its status alone.
  }
  throw new Refused(response.status, detail);
}

/** Reads an answer to its end. */
export async function content(response) {
  try {
    return await response.json();
  } catch {
    throw new Refused(0, "the answer broke off");
  }
}

/** Asks for JSON. */
export const json = async (path, options) => content(await ask(path, options));
