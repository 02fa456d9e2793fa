import { Grid3x3 } from "lucide-react";
import { type ComponentProps, useId } from "react";
import type { Parameter, ParameterType } from "../../api/work/model";
import { useSecrets } from "../../api/work/queries";
import { IconButton } from "../../components/Button";
import { Select, TextInput } from "../../components/Field";
import { classes } from "../../lib/classes";
import { cutMiddle, plural } from "../../lib/format";
import { boundsText, defaultText, listValues } from "../../lib/parameters";
import styles from "./LaunchForm.module.css";

/** Of a list, as many are named. */
const SHOWN = 6;

interface ParameterFieldProps {
  parameter: Parameter;
  value: string;
  /** Its value in the run that is had again. */
  before: string | undefined;
  isVaried: boolean;
  problem: string | undefined;
  onChange: (text: string) => void;
  onVary: (on: boolean) => void;
}

/** One typed parameter; with the button beside it, a list of values to try. */
export function ParameterField({ parameter, value, before, isVaried, problem, onChange, onVary }: ParameterFieldProps) {
  const id = useId();
  const { name, help, type, isSecret } = parameter;
  const isChanged = before !== undefined && value !== before;
  const several = isVaried ? listValues(value) : null;
  return (
    <div className={classes(styles.field, isChanged && styles.changed)}>
      <label htmlFor={id} title={help || name}>
        <b>{name}</b>
        <small>
          {[isSecret ? "secret" : type, boundsText(parameter.minimum, parameter.maximum)].filter(Boolean).join(" ")}
          {!defaultText(parameter) && parameter.default === null && ", required"}
        </small>
      </label>
      <span className={styles.pair}>
        <Control id={id} parameter={parameter} value={value} isVaried={isVaried} isWrong={Boolean(problem)} about={`${id}-about`} onChange={onChange} />
        {!isSecret && (
          <IconButton label={isVaried ? `One value for ${name}` : `Try several values of ${name}`} on={isVaried} onClick={() => onVary(!isVaried)}>
            <Grid3x3 size={14} />
          </IconButton>
        )}
      </span>
      <span id={`${id}-about`} className={styles.about}>
        {problem ? (
          <span role="alert" className={styles.problem}>
            {problem}
          </span>
        ) : (
          <>
            {several && several.length > 0 && <b>{`${plural(several.length, "value")}: ${several.slice(0, SHOWN).map((one) => cutMiddle(one, 24)).join(", ")}${several.length > SHOWN ? ", …" : ""}`}</b>}
            {!isVaried ? help : !several?.length && "0.1, 0.2 or 0..1 by 0.25, 0.001..1 x 10, 0..1 in 5"}
          </>
        )}
      </span>
    </div>
  );
}

interface ControlProps {
  id: string;
  parameter: Parameter;
  value: string;
  isVaried: boolean;
  isWrong: boolean;
  about: string;
  onChange: (text: string) => void;
}

/** Of a type, what a value looks like; where none is given and none is known. */
const EXAMPLES: Partial<Record<ParameterType, string>> = {
  path: "/data/wine.csv, or inside the project",
  uri: "s3://bucket/wine.csv or a path",
};

function Control({ id, parameter, value, isVaried, isWrong, about, onChange }: ControlProps) {
  const options = parameter.choices.length ? parameter.choices : parameter.type === "bool" ? ["true", "false"] : [];
  const shared = { id, value, "aria-describedby": about, "aria-invalid": isWrong };
  const fallback = defaultText(parameter);
  if (options.length && !isVaried) {
    const all = value && !options.includes(value) ? [value, ...options] : options;
    return (
      <Select {...shared} onChange={(event) => onChange(event.target.value)}>
        <option value="">{fallback ? `${cutMiddle(fallback, 60)} (default)` : "Choose"}</option>
        {all.map((option) => (
          <option key={option} value={option}>
            {cutMiddle(option, 80)}
          </option>
        ))}
      </Select>
    );
  }
  if (parameter.isSecret) return <SecretField {...shared} placeholder={fallback || "secret:NAME or env:VARIABLE"} onChange={onChange} />;
  const hint = isVaried ? (options.length ? options.join(", ") : "0.1, 0.2, 0.4") : cutMiddle(fallback, 80) || EXAMPLES[parameter.type];
  const keys = isVaried ? undefined : parameter.type === "int" ? "numeric" : parameter.type === "float" ? "decimal" : undefined;
  return <TextInput {...shared} className={styles.input} inputMode={keys} placeholder={hint} onChange={(event) => onChange(event.target.value)} />;
}

/** Where a secret is found, with those that the server knows as suggestions; never the secret itself. */
function SecretField({ onChange, ...rest }: Omit<ComponentProps<"input">, "onChange"> & { onChange: (text: string) => void }) {
  const list = useId();
  const { data: secrets = [] } = useSecrets();
  return (
    <>
      <TextInput {...rest} className={styles.input} list={list} onChange={(event) => onChange(event.target.value)} />
      <datalist id={list}>
        {secrets.map(({ name }) => (
          <option key={name} value={`secret:${name}`} />
        ))}
      </datalist>
    </>
  );
}
