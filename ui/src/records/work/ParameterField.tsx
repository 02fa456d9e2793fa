import { Grid3x3 } from "lucide-react";
import { useId } from "react";
import type { Parameter } from "../../api/work/model";
import { IconButton } from "../../components/Button";
import { Select, TextInput } from "../../components/Field";
import { classes } from "../../lib/classes";
import { plural } from "../../lib/format";
import { boundsText, listValues } from "../../lib/parameters";
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
      <label htmlFor={id} title={help}>
        <b>{name}</b>
        <small>{[isSecret ? "secret" : type, boundsText(parameter.minimum, parameter.maximum)].filter(Boolean).join(" ")}</small>
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
            {several && several.length > 0 && <b>{`${plural(several.length, "value")}: ${several.slice(0, SHOWN).join(", ")}${several.length > SHOWN ? ", …" : ""}`}</b>}
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

function Control({ id, parameter, value, isVaried, isWrong, about, onChange }: ControlProps) {
  const options = parameter.choices.length ? parameter.choices : parameter.type === "bool" ? ["true", "false"] : [];
  const shared = { id, value, "aria-describedby": about, "aria-invalid": isWrong };
  if (options.length && !isVaried) {
    return (
      <Select {...shared} onChange={(event) => onChange(event.target.value)}>
        <option value="">{parameter.default === null ? "Choose" : `${parameter.default} (default)`}</option>
        {options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </Select>
    );
  }
  const fallback = parameter.default ?? (parameter.environment ? `$${parameter.environment}` : "");
  const hint = isVaried ? (options.length ? options.join(", ") : "0.1, 0.2, 0.4") : parameter.isSecret ? fallback || "secret:NAME or env:VARIABLE" : fallback;
  return <TextInput {...shared} className={styles.input} placeholder={hint} onChange={(event) => onChange(event.target.value)} />;
}
