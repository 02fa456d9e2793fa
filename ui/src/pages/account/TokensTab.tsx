import { useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { Section, Sections } from "../../components/Sections";
import { useShortcuts } from "../../components/Shortcuts";
import { accountKeys } from "../../api/accounts/queries";
import { MakeToken } from "../../records/accounts/MakeToken";
import { TokenTable } from "../../records/accounts/TokenTable";
import look from "../../records/accounts/accounts.module.css";

/** What programs sign in with. */
export function TokensTab({ user }: { user: string }) {
  const queries = useQueryClient();
  const [isMaking, setMaking] = useState(false);
  useShortcuts([{ keys: "n", label: "Make a token", run: () => setMaking(true) }]);
  const close = () => {
    setMaking(false);
    void queries.invalidateQueries({ queryKey: accountKeys.tokens(user) });
  };
  return (
    <Sections>
      <Section title="Tokens">
        <p className={look.soft}>
          Programs sign in with a token instead of your password: training scripts by <code>RUNFOLD_TRACKING_TOKEN</code>, MLflow's clients by{" "}
          <code>MLFLOW_TRACKING_TOKEN</code>.
        </p>
        <div>
          <Button onClick={() => setMaking(true)}>
            <Plus size={14} />
            Make a token
          </Button>
        </div>
        <TokenTable user={user} />
      </Section>
      {isMaking && <MakeToken user={user} onClose={close} />}
    </Sections>
  );
}
