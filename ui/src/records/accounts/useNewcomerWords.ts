import { useAccount } from "../../api/accounts/queries";

/** Begins the words of an empty list, for those who see only what they make and what was shared with them. */
export function useNewcomerWords(): string {
  const account = useAccount();
  if (account === null || account.isAdmin) return "";
  return "Here is what you make, and what others share with you: nothing so far. If something should be here, ask who manages it, or an administrator. ";
}
