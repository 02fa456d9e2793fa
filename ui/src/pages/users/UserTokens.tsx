import { useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { accountKeys } from "../../api/accounts/queries";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { MakeToken } from "../../records/accounts/MakeToken";
import { TokenTable } from "../../records/accounts/TokenTable";

/** The tokens of somebody else, such as a service. */
export function UserTokens({ user, onClose }: { user: string; onClose: () => void }) {
  const queries = useQueryClient();
  const [isMaking, setMaking] = useState(false);
  if (isMaking) {
    return (
      <MakeToken
        user={user}
        onClose={() => {
          setMaking(false);
          void queries.invalidateQueries({ queryKey: accountKeys.tokens(user) });
        }}
      />
    );
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Tokens of ${user}`}
      width={720}
      foot={
        <>
          <Button onClick={() => setMaking(true)}>
            <Plus size={14} />
            Make a token
          </Button>
          <Button look="primary" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <TokenTable user={user} />
    </Dialog>
  );
}
