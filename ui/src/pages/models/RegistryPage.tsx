import { Link } from "@tanstack/react-router";
import { usePolicy } from "../../api/registry/ruleQueries";
import { CrumbHere, CrumbSlash, Page, crumbClass } from "../../components/Page";
import { FailureState } from "../../records/FailureState";
import { PolicyForm } from "./PolicyForm";
import { PolicyBones } from "./PolicyTab";
import shared from "./models.module.css";

/** What holds for all models of the server. */
export function RegistryPage() {
  const policy = usePolicy("");
  return (
    <Page
      title="Rules of the registry"
      crumbs={
        <>
          <Link to="/models" className={crumbClass}>
            Models
          </Link>
          <CrumbSlash />
          <CrumbHere>Rules</CrumbHere>
        </>
      }
    >
      {policy.error && !policy.data ? (
        <FailureState what="The policy of the server could not be loaded" error={policy.error} retry={() => void policy.refetch()} />
      ) : (
        <div className={shared.plain}>
          <p className={shared.quiet}>Which models may be registered on this server. A model may have a policy of its own on its page, which goes before this one.</p>
          {policy.data ? <PolicyForm name="" policy={policy.data} /> : <PolicyBones />}
        </div>
      )}
    </Page>
  );
}
