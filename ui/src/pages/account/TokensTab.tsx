import { useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { useShortcuts } from "../../components/Shortcuts";
import { accountKeys } from "../../api/accounts/queries";
import { MakeToken } from "../../records/accounts/MakeToken";
import { TokenTable } from "../../records/accounts/TokenTable";
import styles from "./AccountPage.module.css";

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
    <div className={styles.body}>
      <section className={styles.part}>
        <h2>Tokens</h2>
        <p className={styles.text}>
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
      </section>
      {isMaking && <MakeToken user={user} onClose={close} />}
    </div>
  );
}
