/**
 * What each thing that a page lets one do needs: the ability, and the call of the server whose rule says so. A test of the
 * server's rules reads this table, so the two cannot part.
 */
import type { Ability } from "../../api/accounts/abilities";

export const ACTS = {
  createExperiment: ["record", "create_experiment"],
  describeExperiment: ["record", "set_experiment_tag"],
  renameExperiment: ["organize", "rename_experiment"],
  deleteExperiment: ["delete", "delete_experiment"],
  restoreExperiment: ["delete", "restore_experiment"],
  recordRuns: ["record", "create_run"],
  changeRun: ["record", "set_tag"],
  moveRuns: ["organize", "move_runs"],
  deleteRuns: ["organize", "delete_runs"],
  restoreRuns: ["organize", "restore_runs"],
  saveViews: ["record", "save_view"],
  createModel: ["register", "create_registered_model"],
  changeModel: ["register", "update_registered_model"],
  askForPromotion: ["register", "create_promotion"],
  withdrawPromotion: ["register", "withdraw_promotion"],
  reviewPromotion: ["promote", "review_promotion"],
  mergePromotion: ["promote", "merge_promotion"],
  moveAliases: ["promote", "set_model_alias"],
  setStage: ["promote", "transition_model_version"],
  renameModel: ["delete", "rename_registered_model"],
  deleteModel: ["delete", "delete_registered_model"],
  deleteVersion: ["delete", "delete_model_version"],
  createProject: ["develop", "create_project"],
  changeProject: ["develop", "update_project"],
  readProject: ["develop", "record_project_reading"],
  deleteProject: ["delete", "delete_project"],
  submitJobs: ["submit", "submit_job"],
  cancelJob: ["submit", "cancel_job"],
  retryJob: ["submit", "retry_job"],
  createTarget: ["operate", "create_target"],
  changeTarget: ["operate", "update_target"],
  deleteTarget: ["operate", "delete_target"],
  seeSecrets: ["submit", "list_secrets"],
  changeSecrets: ["secrets", "set_secret"],
  describeWorkspace: ["operate", "update_workspace"],
  keepRules: ["retain", "save_retention_rule"],
  share: ["share", "set_grant"],
} as const satisfies Record<string, readonly [Ability, string]>;

export type Act = keyof typeof ACTS;
