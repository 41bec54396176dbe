/** A person's row id; never leaves this folder. */
export type PersonKey = number;
