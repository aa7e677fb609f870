// Signing in, for the page, the dialog and the lock screen alike.
import { api, take } from "@/shared/api/client";
import { asProblem } from "@/shared/api/problem";

export interface Shown {
  login: string;
  password: string;
  /** Code of the authenticator or a recovery code; empty when not asked for. */
  second: string;
  county: string | undefined;
}

export interface Outcome {
  done: boolean;
  /** Why not. */
  message: string;
  /** The password was right; the authenticator's code is wanted. */
  asksSecond: boolean;
}

export async function signIn(shown: Shown): Promise<Outcome> {
  try {
    const second = shown.second.replace(/\s/g, "");
    await take(api.POST("/api/v1/sessions", {
      body: {
        login: shown.login, password: shown.password,
        second: second || undefined, county: shown.county,
      },
    }));
    return { done: true, message: "", asksSecond: false };
  } catch (error) {
    const problem = asProblem(error);
    return { done: false, message: problem.detail, asksSecond: problem.code === "sign_in.second_factor" };
  }
}
