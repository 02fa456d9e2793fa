import { Link } from "@tanstack/react-router";
import { usePolicy } from "../../api/registry/ruleQueries";
import { Bone, Bones } from "../../components/States";
import { FailureState } from "../../records/FailureState";
import { PolicyForm } from "./PolicyForm";
import shared from "./models.module.css";

/** What may be registered under this name, on top of what the server says. */
export function PolicyTab({ name }: { name: string }) {
  const own = usePolicy(name);
  const general = usePolicy("");
  const failed = [own, general].find(({ error, data }) => error && !data);
  if (failed?.error) return <FailureState what="The policy could not be loaded" error={failed.error} retry={() => void failed.refetch()} />;
  return (
    <div className={shared.plain}>
      <p className={shared.quiet}>
        Which models may become a version of this one. What is left open here is as the{" "}
        <Link to="/registry" className={shared.inline}>
          policy of the server
        </Link>{" "}
        says.
      </p>
      {own.data && general.data ? <PolicyForm name={name} policy={own.data} general={general.data} /> : <PolicyBones />}
    </div>
  );
}

export function PolicyBones() {
  return (
    <Bones label="The policy is loading">
      <Bone width="60%" height={28} />
      <Bone width="60%" height={28} />
      <Bone width="50%" height={60} />
    </Bones>
  );
}
