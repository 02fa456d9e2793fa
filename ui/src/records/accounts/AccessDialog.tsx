import { useAccount } from "../../api/accounts/queries";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Access } from "./Access";

/** Who has what on a record, from where it comes, and who can see it in the end. */
export function AccessDialog({ place, title, onClose }: { place: string; title: string; onClose: () => void }) {
  const account = useAccount();
  return (
    <Dialog open onClose={onClose} title={`Access to ${title}`} width={680} foot={<Button look="primary" onClick={onClose}>Done</Button>}>
      {account && <Access account={account} place={place} />}
    </Dialog>
  );
}
