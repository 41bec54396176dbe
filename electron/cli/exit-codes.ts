/** What the shell learns of a command. */

export const exitCodes = { done: 0, failed: 1, wrongUsage: 2 } as const;
