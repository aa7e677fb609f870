// Menu entries, buttons and pages follow the permissions of `GET /api/v1/session`; where an answer carries `allowed`
// for a record, that decides. Hiding is courtesy: the server asks again.
import { me } from "./session";

/** Whether the account has this permission (codes: docs/authority.md); undefined asks for nothing. */
export function may(permission: string | undefined): boolean {
  return permission === undefined || (me.value?.permissions.includes(permission) ?? false);
}

/** Whether a record lets this act be done now: the server's `allowed` where it sends one. */
export function mayOn(record: { allowed?: string[] } | null | undefined, act: string, permission: string): boolean {
  return record?.allowed ? record.allowed.includes(act) : may(permission);
}
