import cangke.approvals.models.cases
import cangke.approvals.models.flows
import cangke.approvals.rules.course
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ApprovalFlow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60, verbose_name='代码')),
                ('number', models.PositiveIntegerField(verbose_name='版本')),
                ('name', models.CharField(max_length=80, verbose_name='名称')),
                ('name_en', models.CharField(blank=True, max_length=80, verbose_name='英文名称')),
                ('body', models.JSONField(verbose_name='步骤')),
                ('sha256', models.CharField(max_length=64, verbose_name='指纹')),
                ('state', models.CharField(choices=cangke.approvals.models.flows.flow_state_choices, default='draft', max_length=12, verbose_name='状态')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('created_at', models.DateTimeField(verbose_name='编写时间')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='发布时间')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='编写')),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发布')),
            ],
            options={
                'verbose_name': '审批流程',
                'verbose_name_plural': '审批流程',
                'ordering': ['key', '-number'],
                'constraints': [models.UniqueConstraint(fields=('key', 'number'), name='approval_flow_version'), models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('key',), name='approval_flow_in_force'), models.UniqueConstraint(condition=models.Q(('state', 'draft')), fields=('key',), name='approval_flow_one_draft')],
            },
        ),
        migrations.CreateModel(
            name='ApprovalCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True, verbose_name='编号')),
                ('kind', models.CharField(max_length=60, verbose_name='类别')),
                ('subject_id', models.BigIntegerField(verbose_name='事项')),
                ('title', models.CharField(max_length=160, verbose_name='标题')),
                ('facts', models.JSONField(default=list, verbose_name='要点')),
                ('amount', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='金额')),
                ('currency', models.CharField(blank=True, max_length=3, verbose_name='币种')),
                ('chosen', models.JSONField(default=dict, verbose_name='指定的人')),
                ('fingerprint', models.CharField(max_length=64, verbose_name='内容指纹')),
                ('state', models.CharField(choices=cangke.approvals.models.cases.case_state_choices, default=cangke.approvals.rules.course.CaseState['RUNNING'], max_length=10, verbose_name='状态')),
                ('round', models.PositiveSmallIntegerField(default=1, verbose_name='轮次')),
                ('stage', models.PositiveSmallIntegerField(null=True, verbose_name='阶段')),
                ('submitted_at', models.DateTimeField(verbose_name='提交时间')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='结束时间')),
                ('applicant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='申请人')),
                ('submitted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提交人')),
                ('watchers', models.ManyToManyField(blank=True, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='抄送')),
                ('flow', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='approvals.approvalflow', verbose_name='流程')),
            ],
            options={
                'verbose_name': '审批单',
                'verbose_name_plural': '审批单',
                'ordering': ['-submitted_at'],
                'indexes': [models.Index(fields=['applicant', '-submitted_at'], name='approval_case_applicant'), models.Index(fields=['state', '-submitted_at'], name='approval_case_state'), models.Index(fields=['kind', 'subject_id'], name='approval_case_subject')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['running', 'returned'])), fields=('kind', 'subject_id'), name='approval_one_case_a_subject')],
            },
        ),
        migrations.CreateModel(
            name='ApprovalTask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('round', models.PositiveSmallIntegerField(verbose_name='轮次')),
                ('step', models.CharField(max_length=40, verbose_name='步骤')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='次序')),
                ('reason', models.CharField(blank=True, max_length=20, verbose_name='缘由')),
                ('added', models.BooleanField(default=False, verbose_name='加签')),
                ('state', models.CharField(choices=cangke.approvals.models.cases.task_state_choices, max_length=10, verbose_name='状态')),
                ('opened_at', models.DateTimeField(blank=True, null=True, verbose_name='开始')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='期限')),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='处理时间')),
                ('warned', models.PositiveSmallIntegerField(default=0, verbose_name='已提醒')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审批人')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='approvals.approvalcase')),
                ('instead_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='代替')),
            ],
            options={
                'verbose_name': '审批任务',
                'verbose_name_plural': '审批任务',
                'ordering': ['case_id', 'round', 'pk'],
                'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['account', 'due_at'], name='approval_task_inbox'), models.Index(condition=models.Q(('state', 'open')), fields=['due_at'], name='approval_task_due'), models.Index(fields=['account', '-settled_at'], name='approval_task_settled')],
            },
        ),
        migrations.CreateModel(
            name='ApprovalDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('round', models.PositiveSmallIntegerField(verbose_name='轮次')),
                ('step', models.CharField(blank=True, max_length=40, verbose_name='步骤')),
                ('action', models.CharField(choices=cangke.approvals.models.cases.action_choices, max_length=12, verbose_name='动作')),
                ('agrees', models.BooleanField(null=True, verbose_name='同意')),
                ('comment', models.TextField(blank=True, verbose_name='意见')),
                ('answers', models.JSONField(default=dict, verbose_name='表单')),
                ('fingerprint', models.CharField(max_length=64, verbose_name='内容指纹')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='办理人')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='approvals.approvalcase')),
                ('on_behalf_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='代')),
                ('task', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='approvals.approvaltask')),
            ],
            options={
                'verbose_name': '审批记录',
                'verbose_name_plural': '审批记录',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Delegation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kinds', models.JSONField(blank=True, default=list, verbose_name='事项类别')),
                ('from_at', models.DateTimeField(verbose_name='从')),
                ('until_at', models.DateTimeField(verbose_name='至')),
                ('reason', models.CharField(max_length=200, verbose_name='事由')),
                ('created_at', models.DateTimeField(verbose_name='登记时间')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='提前结束')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                ('giver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='委托人')),
                ('taker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='受托人')),
            ],
            options={
                'verbose_name': '委托',
                'verbose_name_plural': '委托',
                'ordering': ['-from_at'],
                'indexes': [models.Index(fields=['taker', 'until_at'], name='delegation_taker')],
                'constraints': [models.CheckConstraint(condition=models.Q(('until_at__gt', models.F('from_at'))), name='delegation_period'), models.CheckConstraint(condition=models.Q(('giver', models.F('taker')), _negated=True), name='delegation_to_another')],
            },
        ),
        migrations.CreateModel(
            name='Request',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=120, verbose_name='事项')),
                ('body', models.TextField(verbose_name='情况与建议')),
                ('amount', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='涉及金额')),
                ('currency', models.CharField(blank=True, max_length=3, verbose_name='币种')),
                ('created_at', models.DateTimeField(verbose_name='提出时间')),
                ('updated_at', models.DateTimeField(verbose_name='修改时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='申请人')),
            ],
            options={
                'verbose_name': '请示',
                'verbose_name_plural': '请示',
                'ordering': ['-created_at'],
            },
        ),
    ]
