package dev.gyre.feedback.policies;

import dev.gyre.feedback.gate.GateLimits;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;

/// Reads and replaces policies.
@Singleton
public final class Policies {
    private final Jdbi database;

    /// @param database holds the table of policies
    public Policies(Jdbi database) {
        this.database = database;
    }

    /// The policy of a line, the defaults where none was set.
    public Policy get(String project, String releaseLine) {
        return database.withHandle(
                handle ->
                        handle.createQuery(
                                        "select * from policy where project = :project"
                                                + " and release_line = :line")
                                .bind("project", project)
                                .bind("line", releaseLine)
                                .map(Policies::read)
                                .findOne()
                                .orElseGet(() -> Policy.defaults(project, releaseLine)));
    }

    /// Replaces a policy; the next look of the round starter follows it.
    public void set(Policy policy) {
        database.useHandle(
                handle ->
                        handle.createUpdate(
                                        """
                                        insert into policy values (:project, :line, :enabled,
                                            :minNewPairs, :cooldown, :autoPromote, :share, :reward,
                                            :dpo, :evaluate, :accuracy, :confidence, :textLoss,
                                            :length, :minPairs)
                                        on conflict (project, release_line) do update set
                                            enabled = excluded.enabled,
                                            min_new_pairs = excluded.min_new_pairs,
                                            cooldown_seconds = excluded.cooldown_seconds,
                                            auto_promote = excluded.auto_promote,
                                            holdout_share = excluded.holdout_share,
                                            reward = excluded.reward,
                                            dpo = excluded.dpo,
                                            evaluate = excluded.evaluate,
                                            min_holdout_accuracy = excluded.min_holdout_accuracy,
                                            confidence = excluded.confidence,
                                            max_text_loss_increase = excluded.max_text_loss_increase,
                                            max_length_shift = excluded.max_length_shift,
                                            min_holdout_pairs = excluded.min_holdout_pairs
                                        """)
                                .bind("project", policy.project())
                                .bind("line", policy.releaseLine())
                                .bind("enabled", policy.enabled())
                                .bind("minNewPairs", policy.minNewPairs())
                                .bind("cooldown", policy.cooldownSeconds())
                                .bind("autoPromote", policy.autoPromote())
                                .bind("share", policy.holdoutShare())
                                .bind("reward", policy.jobs().reward())
                                .bind("dpo", policy.jobs().dpo())
                                .bind("evaluate", policy.jobs().evaluate())
                                .bind("accuracy", policy.gate().minHoldoutAccuracy())
                                .bind("confidence", policy.gate().confidence())
                                .bind("textLoss", policy.gate().maxTextLossIncrease())
                                .bind("length", policy.gate().maxLengthShift())
                                .bind("minPairs", policy.gate().minHoldoutPairs())
                                .execute());
    }

    private static Policy read(ResultSet row, StatementContext context) throws SQLException {
        return new Policy(
                row.getString("project"),
                row.getString("release_line"),
                row.getBoolean("enabled"),
                row.getInt("min_new_pairs"),
                row.getLong("cooldown_seconds"),
                row.getBoolean("auto_promote"),
                row.getDouble("holdout_share"),
                new JobSettings(
                        row.getString("reward"), row.getString("dpo"), row.getString("evaluate")),
                new GateLimits(
                        row.getDouble("min_holdout_accuracy"),
                        row.getDouble("confidence"),
                        row.getDouble("max_text_loss_increase"),
                        row.getDouble("max_length_shift"),
                        row.getInt("min_holdout_pairs")));
    }
}
