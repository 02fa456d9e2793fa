import { KeyRound } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useAccount } from "../../api/accounts/queries";
import type { MenuEntry } from "../../components/Menu";
import { AccessDialog } from "./AccessDialog";

/** An entry of a record's menu that says who may do what with it, and the dialog behind. Nothing on a server without users. */
export function useAccessEntry(place: string, title: string): { entries: MenuEntry[]; dialog: ReactNode } {
  const account = useAccount();
  const [isOpen, setOpen] = useState(false);
  if (!account || !place) return { entries: [], dialog: null };
  return {
    entries: [{ label: "Access…", icon: <KeyRound size={14} />, onSelect: () => setOpen(true) }],
    dialog: isOpen && <AccessDialog place={place} title={title} onClose={() => setOpen(false)} />,
  };
}
