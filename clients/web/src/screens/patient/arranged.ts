// What is arranged for a patient, as the address says it: ?write=limits. Everything else that is written is
// an entry.

const ALL = ["limits", "consent-team", "consent-cover", "member", "home"] as const;
export type Arranged = (typeof ALL)[number];

export const isArranged = (write: string): write is Arranged =>
	(ALL as readonly string[]).includes(write);
